import type { TableName } from '../entities/tables.ts';
import { uuidBytes, uuidV5 } from '../entities/uuid.ts';

/** The namespace from which Kong derives the ids of entities in declarative files. */
const rootNamespace = uuidBytes('fd02801f-0957-4a15-a55a-c8d9606f30b5');
const namespaces = new Map<TableName, Buffer>();

/** The id that Kong gives an entity of a declarative file that has none (UUID version 5). */
export function derivedId(table: TableName, name: string): string {
  let namespace = namespaces.get(table);
  if (namespace === undefined) {
    namespace = uuidBytes(uuidV5(rootNamespace, table));
    namespaces.set(table, namespace);
  }
  return uuidV5(namespace, name);
}
