import { presentEntity } from '../../entities/present.ts';
import type { Entity } from '../../entities/tables.ts';
import { allOf } from '../entities/all-of.ts';
import type { EntityConfiguration } from '../entities/context.ts';
import { patchEntity } from '../entities/write.ts';
import type { AdminAnswer, AdminRequest, Endpoint, Operation } from '../endpoint.ts';
import { invalidOffset } from '../errors/kong-errors.ts';
import { writeAnswer } from './answers.ts';
import { clientInput } from './client-input.ts';
import { collectionEndpoint, collectionPath, listPath } from './collection.ts';
import { describeList, describeWrite } from './describe.ts';
import { entityPath, patching, reading, removal } from './entity.ts';
import { givenSize, LARGEST_SIZE, pageAnswer, pageRequest } from './paging.ts';
import { entityAt, parentAt, type Place } from './place.ts';

const place: Place = { table: 'targets', parent: { table: 'upstreams', field: 'upstream' } };

/**
 * The endpoints of targets, which exist below their upstream only. Clients build on what is
 * different about them: PUT changes a target and never makes one, and offsets are numbers.
 */
export function targetEndpoints(live: EntityConfiguration): Endpoint[] {
  const path = collectionPath(place);
  const { methods } = collectionEndpoint(live, place);
  const GET = listing(live);
  return [
    { path, methods: { ...methods, GET } },
    { path: `${path}/all`, methods: { GET } },
    {
      path: entityPath(place),
      methods: {
        GET: reading(live, place),
        PUT: replacement(live),
        PATCH: patching(live, place, entityPath(place)),
        DELETE: removal(live, place, entityPath(place)),
      },
    },
  ];
}

function replacement(live: EntityConfiguration): Operation {
  const { table } = place;
  async function replace(request: AdminRequest): Promise<AdminAnswer> {
    const input = await clientInput(request, table, live);
    const task = { live, request, path: entityPath(place), table };
    return writeAnswer(task, 200, async (tx, context) => {
      const { key } = await entityAt(tx, place, request.params);
      return patchEntity(tx, context, table, key, input);
    });
  }
  const summary = 'Change a target of an upstream, which must exist';
  return { summary, describes: describeWrite(table, 200), handle: replace };
}

/** Any size will do here, and offsets count targets from the start of the list. */
function listing(live: EntityConfiguration): Operation {
  async function list({ params, query }: AdminRequest): Promise<AdminAnswer> {
    const { read } = live.store;
    const upstream = await parentAt(read, place, params);
    const size = Math.min(givenSize(query) ?? 100, LARGEST_SIZE);
    const start = startIn(query);
    const end = start + Math.max(Math.floor(size), 0);
    const data: unknown[] = [];
    let count = 0;
    for await (const target of targetsOf(live, upstream?.id ?? '', query)) {
      if (count === end) {
        count += 1;
        break;
      }
      if (count >= start) data.push(presentEntity('targets', target, { plugins: live.plugins }));
      count += 1;
    }
    return pageAnswer(listPath(place, params), query, data, count > end ? String(end) : undefined);
  }
  return {
    summary: 'List targets of an upstream',
    describes: describeList('targets'),
    handle: list,
  };
}

function targetsOf(
  { store }: EntityConfiguration,
  id: string,
  query: URLSearchParams,
): AsyncGenerator<Entity<'targets'>> {
  const tags = query.get('tags');
  const filter = tags === null ? {} : { tags };
  const asked = pageRequest(new URLSearchParams(filter));
  return allOf(store.read, 'targets', { field: 'upstream', id }, asked.tags);
}

function startIn(query: URLSearchParams): number {
  const offset = query.get('offset');
  if (offset === null) return 0;
  if (/^\d{1,15}$/.test(offset)) return Number(offset);
  throw invalidOffset(offset, 'expected a number');
}
