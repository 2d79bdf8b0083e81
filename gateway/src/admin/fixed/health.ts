import { AdminError, type AdminAnswer, type AdminRequest, type Endpoint } from '../endpoint.ts';
import { presentEntity } from '../../entities/present.ts';
import type { Entity } from '../../entities/tables.ts';
import { parseHost } from '../../entities/schema/host.ts';
import { targetHostPort } from '../../entities/target.ts';
import { countsFailures, usesHealthchecks } from '../../entities/upstream-healthchecks.ts';
import { isUpstreamHealthy } from '../../proxy/upstream/health/upstream-health.ts';
import { allOf } from '../entities/all-of.ts';
import { notFound } from '../errors/kong-errors.ts';
import { entityAt } from '../resources/place.ts';
import type { FixedParts } from './parts.ts';
import {
  describeTarget,
  healthOf,
  sumOfWeights,
  type TargetAddresses,
} from './target-addresses.ts';

const upstreams = { table: 'upstreams', parent: null } as const;
const targets = {
  table: 'targets',
  parent: { table: 'upstreams', field: 'upstream' },
} as const;

const path = '/upstreams/{upstreams}';

/** The health of targets on this node: where each leads and how it is there, and marks by hand. */
export function healthEndpoints(parts: FixedParts): Endpoint[] {
  const marks = ['{targets}', '{targets}/{address}'].flatMap((target) =>
    (['healthy', 'unhealthy'] as const).map((state) => ({
      path: `${path}/targets/${target}/${state}`,
      methods: {
        PUT: {
          summary: `Mark a target as ${state} on this node`,
          describes: { answer: { status: 204 } },
          handle: (request: AdminRequest) => markTarget(parts, request, state === 'healthy'),
        },
      },
    })),
  );
  return [
    {
      path: `${path}/health`,
      methods: {
        GET: {
          summary: 'Tell where the targets of an upstream lead, and their health',
          describes: { query: balancerHealth },
          handle: (request) => tellHealth(parts, request),
        },
      },
    },
    ...marks,
  ];
}

const balancerHealth = {
  balancer_health: {
    type: 'string',
    enum: ['1', '0'],
    description: 'Tell the health of the upstream as a whole.',
  },
};

async function upstreamIn(
  { live }: FixedParts,
  { params }: AdminRequest,
): Promise<Entity<'upstreams'>> {
  const { stored } = await entityAt(live.store.read, upstreams, params);
  if (stored === undefined) throw notFound();
  return stored as Entity<'upstreams'>;
}

async function tellHealth(parts: FixedParts, request: AdminRequest): Promise<AdminAnswer> {
  const { live, node } = parts;
  const upstream = await upstreamIn(parts, request);
  const found: { readonly target: Entity<'targets'>; readonly data: TargetAddresses }[] = [];
  const where = { field: 'upstream', id: upstream.id };
  for await (const target of allOf(live.store.read, 'targets', where)) {
    const addresses = await node.targets.addressesOf(upstream, target);
    found.push({ target, data: describeTarget(target, addresses) });
  }
  const rest = { next: null, node_id: node.nodeId };
  if (request.query.get('balancer_health') === '1') {
    const all = found.sort((a, b) => byAge(a.target, b.target)).map(({ data }) => data);
    return { status: 200, body: { data: ofUpstream(upstream, all), ...rest } };
  }
  const data = found.map(({ target, data: addresses }) => ({
    ...presentEntity('targets', target, { plugins: live.plugins }),
    health: healthOf(addresses),
    data: addresses,
  }));
  return { status: 200, body: { data, ...rest } };
}

/** In the order in which Kong's balancer has its targets: oldest first. */
function byAge(a: Entity<'targets'>, b: Entity<'targets'>): number {
  return (a.created_at ?? 0) - (b.created_at ?? 0) || (a.id < b.id ? -1 : 1);
}

function ofUpstream(
  { id, healthchecks }: Entity<'upstreams'>,
  all: readonly TargetAddresses[],
): object {
  const weight = sumOfWeights(all);
  const threshold = usesHealthchecks(healthchecks) ? (healthchecks.threshold ?? 0) : 0;
  const healthy = isUpstreamHealthy(weight.available, weight.total, threshold);
  const health = healthy ? 'HEALTHY' : 'UNHEALTHY';
  return {
    id,
    health: healthy && !countsFailures(healthchecks) ? 'HEALTHCHECKS_OFF' : health,
    balancer_health: health,
    details: {
      healthy,
      weight,
      hosts: all.map(({ addresses, ...host }) => ({
        ...host,
        addresses: addresses.map(({ health: state, ...address }) => ({
          ...address,
          healthy: state !== 'UNHEALTHY',
        })),
      })),
    },
  };
}

async function markTarget(
  parts: FixedParts,
  request: AdminRequest,
  healthy: boolean,
): Promise<AdminAnswer> {
  const { live, node } = parts;
  const upstream = await upstreamIn(parts, request);
  const { stored } = await entityAt(live.store.read, targets, request.params);
  if (stored === undefined) throw notFound();
  if (!usesHealthchecks(upstream.healthchecks)) {
    throw new AdminError(400, { message: `no healthchecker found for ${upstream.name}` });
  }
  const target = stored as Entity<'targets'>;
  const { address } = request.params;
  const place = address === undefined ? null : placeOf(address, target);
  if (await node.targets.mark(upstream, target, place, healthy)) return { status: 204 };
  throw new AdminError(503, { message: 'no room to keep the health of another target' });
}

/** An address with or without port, which is the target's then. */
function placeOf(address: string, { target }: Entity<'targets'>): { ip: string; port: number } {
  const parsed = parseHost(address);
  if (typeof parsed === 'string' || parsed.kind === 'name') {
    throw new AdminError(400, { message: `invalid address '${address}'; write ip:port` });
  }
  return { ip: parsed.host, port: parsed.port ?? targetHostPort(target).port };
}
