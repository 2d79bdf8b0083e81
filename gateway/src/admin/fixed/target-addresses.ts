import { isIP } from 'node:net';
import { targetHostPort } from '../../entities/target.ts';
import type { Entity } from '../../entities/tables.ts';
import type { Resolver } from '../../proxy/upstream/resolver.ts';

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
  readonly addresses: readonly {
    readonly ip: string;
    readonly port: number;
    readonly weight: number;
    readonly health: 'HEALTHCHECKS_OFF';
  }[];
}

/** Looks up what a target stands for. */
export async function resolveTarget(
  resolver: Resolver,
  { target, weight: given }: Entity<'targets'>,
): Promise<TargetAddresses> {
  const { host, port } = targetHostPort(target);
  const weight = given ?? 100;
  const found =
    isIP(host) === 0 ? (await resolver.resolve(host)).addresses : [{ address: host, srv: null }];
  const addresses = found.map(({ address, srv }) => ({
    ip: address,
    port: srv?.port ?? port,
    weight: srv === null || weight === 0 ? weight : srv.weight,
    health: 'HEALTHCHECKS_OFF' as const,
  }));
  const total = addresses.reduce((sum, { weight: each }) => sum + each, 0);
  return {
    host,
    port,
    dns: found.some(({ srv }) => srv !== null) ? 'SRV' : 'A',
    nodeWeight: weight,
    weight: { total, available: total, unavailable: 0 },
    addresses,
  };
}

export function sumOfWeights(all: readonly TargetAddresses[]): Weight {
  const sum = (of: keyof Weight): number =>
    all.reduce((total, { weight }) => total + weight[of], 0);
  return { total: sum('total'), available: sum('available'), unavailable: sum('unavailable') };
}
