import { definitionOf } from '../../entities/tables.ts';
import type { EntityConfiguration } from '../entities/context.ts';
import { patchEntity, removeEntity, replaceEntity } from '../entities/write.ts';
import type { AdminAnswer, AdminRequest, Endpoint, Operation } from '../endpoint.ts';
import { entityNotFound, notFound } from '../errors/kong-errors.ts';
import { foundAnswer, writeAnswer } from './answers.ts';
import { clientInput } from './client-input.ts';
import { collectionPath, of } from './collection.ts';
import { describeRead, describeRemoval, describeWrite } from './describe.ts';
import { entityAt, keyToPut, parentAt, putAtPath, within, type Place } from './place.ts';

/** The endpoint of a single entity: `/routes/{routes}`, `/services/{services}/routes/{routes}`. */
export function entityEndpoint(live: EntityConfiguration, place: Place): Endpoint {
  const path = entityPath(place);
  return {
    path,
    methods: {
      GET: reading(live, place),
      PUT: replacement(live, place, path),
      PATCH: patching(live, place, path),
      DELETE: removal(live, place, path),
    },
  };
}

export function entityPath(place: Place): string {
  return `${collectionPath(place)}/{${place.table}}`;
}

export function reading(live: EntityConfiguration, place: Place): Operation {
  const { table } = place;
  async function read(request: AdminRequest): Promise<AdminAnswer> {
    const { key, stored } = await entityAt(live.store.read, place, request.params);
    if (stored !== undefined) return foundAnswer(request, table, stored, live);
    throw table === 'certificates' ? entityNotFound(key.field, key.value) : notFound();
  }
  const summary = `Get a ${nameOf(place)}`;
  return { summary, describes: describeRead(table), handle: read };
}

/** Whatever belonged to another entity before belongs to the one in the path afterwards. */
function replacement(live: EntityConfiguration, place: Place, path: string): Operation {
  const { table } = place;
  async function replace(request: AdminRequest): Promise<AdminAnswer> {
    const input = await clientInput(request, table, live);
    return writeAnswer({ live, request, path, table }, 200, async (tx, context) => {
      const parent = await parentAt(tx, place, request.params);
      const key = await keyToPut(tx, table, request.params, parent);
      return replaceEntity(tx, context, table, key, (of, stored) =>
        within(parent, putAtPath(of, request.params, input(of, stored), stored)),
      );
    });
  }
  const summary = `Replace a ${nameOf(place)}, or create it`;
  return { summary, describes: describeWrite(table, 200), handle: replace };
}

export function patching(live: EntityConfiguration, place: Place, path: string): Operation {
  const { table } = place;
  async function patch(request: AdminRequest): Promise<AdminAnswer> {
    const input = await clientInput(request, table, live);
    return writeAnswer({ live, request, path, table }, 200, async (tx, context) => {
      const { key } = await entityAt(tx, place, request.params);
      return patchEntity(tx, context, table, key, input);
    });
  }
  const summary = `Change some fields of a ${nameOf(place)}`;
  return { summary, describes: describeWrite(table, 200), handle: patch };
}

export function removal(live: EntityConfiguration, place: Place, path: string): Operation {
  const { table } = place;
  async function remove(request: AdminRequest): Promise<AdminAnswer> {
    return writeAnswer({ live, request, path, table }, 204, async (tx, context) => {
      const { key } = await entityAt(tx, place, request.params);
      await removeEntity(tx, context, table, key);
      return null;
    });
  }
  const summary = `Delete a ${nameOf(place)}`;
  return { summary, describes: describeRemoval, handle: remove };
}

function nameOf(place: Place): string {
  return `${definitionOf(place.table).singular}${of(place)}`;
}
