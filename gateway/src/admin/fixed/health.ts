import { Resolver } from '../../proxy/upstream/resolver.ts';
import { AdminError, type AdminAnswer, type AdminRequest, type Endpoint } from '../endpoint.ts';
import { presentEntity } from '../../entities/present.ts';
import type { Entity } from '../../entities/tables.ts';
import { allOf } from '../entities/all-of.ts';
import { notFound } from '../errors/kong-errors.ts';
import { entityAt } from '../resources/place.ts';
import type { FixedParts } from './parts.ts';
import { resolveTarget, sumOfWeights, type TargetAddresses } from './target-addresses.ts';

const upstreams = { table: 'upstreams', parent: null } as const;
const targets = {
  table: 'targets',
  parent: { table: 'upstreams', field: 'upstream' },
} as const;

const path = '/upstreams/{upstreams}';

/**
 * The health of targets. Nothing checks it yet, so what can be told is where each target leads; none
 * can be marked as healthy or not.
 */
export function healthEndpoints(parts: FixedParts): Endpoint[] {
  const resolver = new Resolver();
  const marks = ['{targets}', '{targets}/{address}'].flatMap((target) =>
    ['healthy', 'unhealthy'].map((state) => ({
      path: `${path}/targets/${target}/${state}`,
      methods: {
        PUT: {
          summary: `Mark a target as ${state}`,
          describes: { answer: { status: 204 } },
          handle: (request: AdminRequest) => markTarget(parts, request),
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
          handle: (request) => tellHealth(parts, resolver, request),
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

async function tellHealth(
  parts: FixedParts,
  resolver: Resolver,
  request: AdminRequest,
): Promise<AdminAnswer> {
  const { live, node } = parts;
  const upstream = await upstreamIn(parts, request);
  const found: { readonly target: Entity<'targets'>; readonly data: TargetAddresses }[] = [];
  const where = { field: 'upstream', id: upstream.id };
  for await (const target of allOf(live.store.read, 'targets', where)) {
    found.push({ target, data: await resolveTarget(resolver, target) });
  }
  const rest = { next: null, node_id: node.nodeId };
  if (request.query.get('balancer_health') === '1') {
    return {
      status: 200,
      body: {
        data: ofUpstream(
          upstream,
          found.map(({ data }) => data),
        ),
        ...rest,
      },
    };
  }
  const data = found.map(({ target, data: addresses }) => ({
    ...presentEntity('targets', target, { plugins: live.plugins }),
    health: addresses.addresses.length === 0 ? 'DNS_ERROR' : 'HEALTHCHECKS_OFF',
    data: addresses,
  }));
  return { status: 200, body: { data, ...rest } };
}

function ofUpstream({ id }: Entity<'upstreams'>, all: readonly TargetAddresses[]): object {
  const weight = sumOfWeights(all);
  const healthy = weight.available > 0;
  return {
    id,
    health: 'HEALTHCHECKS_OFF',
    balancer_health: healthy ? 'HEALTHY' : 'UNHEALTHY',
    details: {
      healthy,
      weight,
      hosts: all.map(({ addresses, ...host }) => ({
        ...host,
        addresses: addresses.map(({ health: _, ...address }) => ({ ...address, healthy: true })),
      })),
    },
  };
}

async function markTarget(parts: FixedParts, request: AdminRequest): Promise<AdminAnswer> {
  const { name } = await upstreamIn(parts, request);
  const { stored } = await entityAt(parts.live.store.read, targets, request.params);
  if (stored === undefined) throw notFound();
  throw new AdminError(400, { message: `no healthchecker found for ${name}` });
}
