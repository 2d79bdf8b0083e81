import type { TargetAddress } from '../../control/health/target-states.ts';
import { targetHostPort } from '../../entities/target.ts';
import type { Entity } from '../../entities/tables.ts';

export interface Weight {
  readonly total: number;
  readonly available: number;
  readonly unavailable: number;
}

/** Where a target leads, in the shape in which Kong tells it. */
export interface TargetAddresses {
  readonly host: string;
  readonly port: number;
  readonly dns: 'A' | 'SRV';
  readonly nodeWeight: number;
  readonly weight: Weight;
  /** Empty when the name has no address now. */
  readonly addresses: readonly Pick<TargetAddress, 'ip' | 'port' | 'weight' | 'health'>[];
}

export function describeTarget(
  { target, weight }: Entity<'targets'>,
  found: readonly TargetAddress[],
): TargetAddresses {
  const addresses = found.map(({ isSrv: _, ...address }) => address);
  const total = sum(addresses);
  const unavailable = sum(addresses.filter(({ health }) => health === 'UNHEALTHY'));
  return {
    ...targetHostPort(target),
    dns: found.some(({ isSrv }) => isSrv) ? 'SRV' : 'A',
    nodeWeight: weight ?? 100,
    weight: { total, available: total - unavailable, unavailable },
    addresses,
  };
}

/** How a target is: well while one of its addresses is. */
export function healthOf({ addresses }: TargetAddresses): string {
  if (addresses.length === 0) return 'DNS_ERROR';
  const states = addresses.map(({ health }) => health);
  if (states.includes('HEALTHCHECKS_OFF')) return 'HEALTHCHECKS_OFF';
  return states.includes('HEALTHY') ? 'HEALTHY' : 'UNHEALTHY';
}

export function sumOfWeights(all: readonly TargetAddresses[]): Weight {
  const sumOf = (of: keyof Weight): number =>
    all.reduce((total, { weight }) => total + weight[of], 0);
  return {
    total: sumOf('total'),
    available: sumOf('available'),
    unavailable: sumOf('unavailable'),
  };
}

function sum(addresses: readonly { readonly weight: number }[]): number {
  return addresses.reduce((total, { weight }) => total + weight, 0);
}
