import { randomUUID } from 'node:crypto';
import {
  definitionOf,
  type Entity,
  type ForeignKey,
  type TableName,
} from '../../entities/tables.ts';
import type { StoreReader } from '../../store/contract.ts';
import type { EntityConfiguration } from '../entities/context.ts';
import { findByKey, foreignId, idKey, type Key } from '../entities/keys.ts';
import { patchEntity, replaceEntity } from '../entities/write.ts';
import type { AdminAnswer, AdminRequest, Endpoint, Operation } from '../endpoint.ts';
import { methodNotAllowed, notFound } from '../errors/kong-errors.ts';
import { foundAnswer, writeAnswer } from './answers.ts';
import { clientInput } from './client-input.ts';
import { entityPath } from './entity.ts';
import { describeRead, describeWrite } from './describe.ts';
import { namedKey } from './place.ts';

/** The endpoint of the entity that another one refers to: `/routes/{routes}/service`. */
export function linkedEndpoint(
  live: EntityConfiguration,
  table: TableName,
  link: ForeignKey,
): Endpoint {
  const path = `${entityPath({ table, parent: null })}/${link.field}`;
  return {
    path,
    methods: {
      GET: reading(live, table, link),
      PUT: replacement(live, table, link, path),
      PATCH: patching(live, table, link, path),
      DELETE: removal(live, table, link),
    },
  };
}

interface Linked {
  readonly key: Key;
  readonly owner: Entity;
  /** The entity that it refers to, if it does. */
  readonly id: string | undefined;
}

/** @throws AdminError 404 when there is nothing to follow the link from */
async function follow(
  reader: StoreReader,
  table: TableName,
  { field }: ForeignKey,
  params: AdminRequest['params'],
): Promise<Linked> {
  const key = await namedKey(reader, table, params);
  const owner = await findByKey(reader, table, key);
  if (owner === undefined) throw notFound();
  return { key: idKey(owner.id), owner, id: foreignId(owner, field) };
}

/** @throws AdminError 404 when nothing is linked */
async function linkedKey(
  reader: StoreReader,
  table: TableName,
  link: ForeignKey,
  params: AdminRequest['params'],
): Promise<Key> {
  const { id } = await follow(reader, table, link, params);
  if (id === undefined) throw notFound();
  return idKey(id);
}

function reading(live: EntityConfiguration, table: TableName, link: ForeignKey): Operation {
  async function read(request: AdminRequest): Promise<AdminAnswer> {
    const { read: reader } = live.store;
    const key = await linkedKey(reader, table, link, request.params);
    const found = await findByKey(reader, link.table, key);
    if (found === undefined) throw notFound();
    return foundAnswer(request, link.table, found, live);
  }
  const summary = `Get the ${what(table, link)}`;
  return { summary, describes: describeRead(link.table), handle: read };
}

/** Where nothing is linked, a new entity is made and linked. */
function replacement(
  live: EntityConfiguration,
  table: TableName,
  link: ForeignKey,
  path: string,
): Operation {
  async function replace(request: AdminRequest): Promise<AdminAnswer> {
    const input = await clientInput(request, link.table, live);
    const task = { live, request, path, table: link.table };
    return writeAnswer(task, 200, async (tx, context) => {
      const { key, id } = await follow(tx, table, link, request.params);
      const linked = idKey(id ?? randomUUID());
      const entity = await replaceEntity(tx, context, link.table, linked, input);
      if (id === undefined) {
        const unconditional = { ...context, conditions: {} };
        await patchEntity(tx, unconditional, table, key, () => ({
          [link.field]: { id: entity.id },
        }));
      }
      return entity;
    });
  }
  const summary = `Replace the ${what(table, link)}, or create and link it`;
  return { summary, describes: describeWrite(link.table, 200), handle: replace };
}

function patching(
  live: EntityConfiguration,
  table: TableName,
  link: ForeignKey,
  path: string,
): Operation {
  async function patch(request: AdminRequest): Promise<AdminAnswer> {
    const input = await clientInput(request, link.table, live);
    const task = { live, request, path, table: link.table };
    return writeAnswer(task, 200, async (tx, context) => {
      const key = await linkedKey(tx, table, link, request.params);
      return patchEntity(tx, context, link.table, key, input);
    });
  }
  const summary = `Change some fields of the ${what(table, link)}`;
  return { summary, describes: describeWrite(link.table, 200), handle: patch };
}

/** Never done from here: others may refer to the same entity. */
function removal(live: EntityConfiguration, table: TableName, link: ForeignKey): Operation {
  async function refuse({ params }: AdminRequest): Promise<never> {
    await linkedKey(live.store.read, table, link, params);
    throw methodNotAllowed();
  }
  return {
    summary: `Refused: delete the ${what(table, link)} by itself`,
    describes: { answer: { status: 405 } },
    handle: refuse,
  };
}

function what(table: TableName, link: ForeignKey): string {
  return `${definitionOf(link.table).singular} of a ${definitionOf(table).singular}`;
}
