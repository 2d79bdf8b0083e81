import type { Entity, TableName } from '../../entities/tables.ts';
import type { ListQuery, StoreReader } from '../../store/contract.ts';

const PAGE = 1000;

/** All entities of a table, or those that belong to one of another, page by page. */
export async function* allOf<T extends TableName>(
  reader: StoreReader,
  table: T,
  where?: ListQuery['where'],
): AsyncGenerator<Entity<T>> {
  let after: string | undefined;
  do {
    const page = await reader.list(table, { size: PAGE, after, where });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}
