import { allOf } from '../entities/all-of.ts';
import type { EntityConfiguration } from '../entities/context.ts';
import { shown } from '../entities/shown.ts';
import { patchEntity } from '../entities/write.ts';
import type { AdminAnswer, AdminRequest, Endpoint, Operation } from '../endpoint.ts';
import { invalidOffset } from '../errors/kong-errors.ts';
import { writeAnswer } from './answers.ts';
import { clientInput } from './client-input.ts';
import { collectionEndpoint, collectionPath, listPath } from './collection.ts';
import { describeList, describeWrite } from './describe.ts';
import { entityPath, patching, reading, removal } from './entity.ts';
import { givenSize, LARGEST_SIZE, pageAnswer, USUAL_SIZE } from './paging.ts';
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
    const id = (await parentAt(read, place, params))?.id ?? '';
    const start = startIn(query);
    const end = start + Math.max(Math.floor(sizeIn(query)), 0);
    const data: unknown[] = [];
    let count = 0;
    for await (const target of allOf(read, 'targets', { field: 'upstream', id })) {
      count += 1;
      if (count > end) break;
      if (count > start) data.push(shown(live, 'targets', target));
    }
    const next = count > end ? String(end) : undefined;
    return pageAnswer(listPath(place, params), new URLSearchParams(), data, next);
  }
  return {
    summary: 'List targets of an upstream',
    describes: describeList('targets'),
    handle: list,
  };
}

function sizeIn(query: URLSearchParams): number {
  return Math.min(givenSize(query) ?? USUAL_SIZE, LARGEST_SIZE);
}

function startIn(query: URLSearchParams): number {
  const offset = query.get('offset');
  if (offset === null) return 0;
  if (/^\d{1,15}$/.test(offset)) return Number(offset);
  throw invalidOffset(offset, 'expected a number');
}
