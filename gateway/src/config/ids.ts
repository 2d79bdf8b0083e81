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
  const variant = ((parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function bytesOf(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}
