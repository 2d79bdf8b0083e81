import { validatorOf } from '../../entities/validators.ts';
import { tableNames, type Entity, type TableName } from '../../entities/tables.ts';
import type { Store, StoredChange } from '../contract.ts';

/** An entity as it would come from a client: checked, with defaults. */
export function entity<T extends TableName>(table: T, input: Record<string, unknown>): Entity<T> {
  const result = validatorOf(table)(input);
  if (!result.ok) throw new Error(`bad ${table}: ${JSON.stringify(result.failures)}`);
  return result.value;
}

export function service(input: Record<string, unknown> = {}): Entity<'services'> {
  return entity('services', { host: 'example.test', ...input });
}

export function route(input: Record<string, unknown> = {}): Entity<'routes'> {
  return entity('routes', { paths: ['/'], ...input });
}

export function consumer(username: string, more: Record<string, unknown> = {}) {
  return entity('consumers', { username, ...more });
}

export function plugin(input: Record<string, unknown>): Entity<'plugins'> {
  return entity('plugins', { name: 'key-auth', ...input, config: {} });
}

/** A certificate that need not be one: stores do not look into it. */
export function certificate(): Entity<'certificates'> {
  return {
    id: crypto.randomUUID(),
    created_at: 1,
    updated_at: 1,
    cert: 'a certificate',
    key: 'a key',
    cert_alt: null,
    key_alt: null,
    tags: null,
    snis: null,
  };
}

/** Inserts entities in one transaction, in their order. */
export async function insertAll(
  store: Store,
  ...entities: readonly (readonly [TableName, Entity])[]
): Promise<number> {
  const { revision } = await store.transaction(async (tx) => {
    for (const [table, one] of entities) await tx.insert(table, one);
  });
  return revision;
}

/** What changed, in short: `+ services`, `~ routes`, `- plugins`. */
export function outline(changes: readonly StoredChange[] | undefined): string[] {
  return (changes ?? []).map(({ table, before, after }) => {
    const sign = before === null ? '+' : after === null ? '-' : '~';
    return `${sign} ${table}`;
  });
}

/** How many entities there are, by table; tables without any are left out. */
export async function counts(store: Store): Promise<Record<string, number>> {
  const { tables } = await store.load();
  const sizes = tableNames.map((table) => [table, tables[table].size] as const);
  return Object.fromEntries(sizes.filter(([, size]) => size > 0));
}
