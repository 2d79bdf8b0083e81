import { definitionOf } from '../../entities/tables.ts';
import type { ListQuery } from '../../store/contract.ts';
import type { EntityConfiguration } from '../entities/context.ts';
import type { Parent } from '../entities/keys.ts';
import { shown } from '../entities/shown.ts';
import { createEntity } from '../entities/write.ts';
import type { AdminAnswer, AdminRequest, Endpoint, Operation } from '../endpoint.ts';
import { writeAnswer } from './answers.ts';
import { clientInput } from './client-input.ts';
import { describeList, describeWrite } from './describe.ts';
import { collectionName, nestedName } from './names.ts';
import { pageAnswer, pageRequest, readPage, type PageRequest } from './paging.ts';
import { parentAt, within, type Place } from './place.ts';

/** The endpoint at which entities are listed and created: `/routes`, `/services/{services}/routes`. */
export function collectionEndpoint(live: EntityConfiguration, place: Place): Endpoint {
  const path = collectionPath(place);
  return { path, methods: { GET: listing(live, place), POST: creation(live, place, path) } };
}

export function collectionPath({ table, parent }: Place): string {
  if (parent === null) return `/${collectionName(table)}`;
  return `/${collectionName(parent.table)}/{${parent.table}}/${nestedName(table)}`;
}

function creation(live: EntityConfiguration, place: Place, path: string): Operation {
  const { table } = place;
  const { singular } = definitionOf(table);
  async function create(request: AdminRequest): Promise<AdminAnswer> {
    const input = await clientInput(request, table, live);
    return writeAnswer({ live, request, path, table }, 201, async (tx, context) => {
      const parent = await parentAt(tx, place, request.params);
      return createEntity(tx, context, table, within(parent, input(table)));
    });
  }
  const summary = `Create a ${singular}${of(place)}`;
  return { summary, describes: describeWrite(table, 201), handle: create };
}

function listing(live: EntityConfiguration, place: Place): Operation {
  const { table } = place;
  async function list({ params, query }: AdminRequest): Promise<AdminAnswer> {
    const { read } = live.store;
    const parent = await parentAt(read, place, params);
    const asked = pageRequest(query);
    const { size } = asked;
    const { items, next } = await readPage(
      asked,
      (after) => read.list(table, { size, after, ...selection(parent, asked) }),
      live.mode,
    );
    const data = items.map((entity) => shown(live, table, entity));
    // A list of what belongs to one entity names the next page by its offset only, as in Kong.
    const kept = parent === undefined ? query : new URLSearchParams();
    return pageAnswer(listPath(place, params), kept, data, next);
  }
  const summary = `List ${table.replaceAll('_', ' ')}${of(place)}`;
  return { summary, describes: describeList(table), handle: list };
}

/** Tags select from whole tables only: what belongs to one entity is listed in full, as in Kong. */
function selection(
  parent: Parent | undefined,
  { tags }: PageRequest,
): Pick<ListQuery, 'where' | 'tags'> {
  if (parent !== undefined) return { where: { field: parent.field, id: parent.id } };
  return tags === undefined ? {} : { tags };
}

/** The path of a list as it was asked for, the entity above by the name that it was given by. */
export function listPath({ table, parent }: Place, params: AdminRequest['params']): string {
  if (parent === null) return `/${collectionName(table)}`;
  const name = encodeURIComponent(params[parent.table] ?? '');
  return `/${collectionName(parent.table)}/${name}/${nestedName(table)}`;
}

/** ` of a consumer`, for summaries. */
export function of({ parent }: Place): string {
  return parent === null ? '' : ` of a ${definitionOf(parent.table).singular}`;
}
