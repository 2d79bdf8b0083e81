import { hash } from 'node:crypto';
import type { TableName } from '../entities/tables.ts';

/** The namespace from which Kong derives the ids of entities in declarative files. */
const rootNamespace = bytesOf('fd02801f-0957-4a15-a55a-c8d9606f30b5');
const namespaces = new Map<TableName, Buffer>();

/** The id that Kong gives an entity of a declarative file that has none (UUID version 5). */
export function derivedId(table: TableName, name: string): string {
  let namespace = namespaces.get(table);
  if (namespace === undefined) {
    namespace = bytesOf(uuidV5(rootNamespace, table));
    namespaces.set(table, namespace);
  }
  return uuidV5(namespace, name);
}

function uuidV5(namespace: Buffer, name: string): string {
  const length = Buffer.byteLength(name);
  const input = Buffer.allocUnsafe(16 + length);
  namespace.copy(input);
  input.write(name, 16);
  const hex = hash('sha1', input, 'hex');
  // Put together in place: of so many ids, the pieces would be a good part of all that a load makes.
  let from = 0;
  for (let to = 0; to < uuid.length; to += 1) {
    const isDash = to === 8 || to === 13 || to === 18 || to === 23;
    uuid[to] = isDash ? DASH : hex.charCodeAt(from++);
  }
  uuid[14] = VERSION_5;
  uuid[19] = variants.charCodeAt(parseInt(hex.charAt(16), 16) & 0x3);
  return uuid.toString('latin1');
}

const uuid = Buffer.alloc(36);
const DASH = 0x2d;
const VERSION_5 = 0x35;
const variants = '89ab';

function bytesOf(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}
