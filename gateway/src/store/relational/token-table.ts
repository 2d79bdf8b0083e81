import type { StoredToken, TokenStore } from '../contract.ts';
import type { Database, Row, Session, SqlValue } from './database.ts';

const table = 'admin_tokens';
const columns = [
  'id',
  'name',
  'hash',
  'created_at',
  'expires_at',
  'revoked_at',
  'last_used_at',
] as const;
/** How long the time of a use may wait to be written, ms. */
const TOUCH_DELAY = 10_000;

/** Tokens in a relational database. */
export class TokenTable implements TokenStore {
  readonly #database: Database;
  /** When tokens were used last, as far as it is not written. */
  readonly #touched = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;

  constructor(database: Database) {
    this.#database = database;
  }

  create(token: StoredToken): Promise<boolean> {
    const { builder } = this.#database.dialect;
    const active = builder
      .selectFrom(table)
      .select('id')
      .where('name', '=', token.name)
      .where('revoked_at', 'is', null)
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', token.createdAt)]))
      .limit(1);
    return this.#insertUnless(active.compile(), token);
  }

  createFirst(token: StoredToken): Promise<boolean> {
    const any = this.#database.dialect.builder.selectFrom(table).select('id').limit(1);
    return this.#insertUnless(any.compile(), token);
  }

  async list(): Promise<readonly StoredToken[]> {
    await this.writeTouched();
    const { builder } = this.#database.dialect;
    const query = builder.selectFrom(table).select(columns).orderBy('created_at').orderBy('id');
    const rows = await this.#database.read((session) => session.rows(query.compile()));
    return rows.map(tokenOf);
  }

  async byHash(hash: string): Promise<StoredToken | undefined> {
    const { builder } = this.#database.dialect;
    const query = builder.selectFrom(table).select(columns).where('hash', '=', hash);
    const [row] = await this.#database.read((session) => session.rows(query.compile()));
    return row === undefined ? undefined : tokenOf(row);
  }

  async revoke(id: string, time: number): Promise<boolean> {
    const { builder } = this.#database.dialect;
    const update = builder
      .updateTable(table)
      .set({ revoked_at: time })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .returning('id');
    const { rows } = await this.#database.transaction(() =>
      Promise.resolve({ value: null, last: [update.compile()] }),
    );
    return rows[0]?.length === 1;
  }

  touch(id: string, time: number): Promise<void> {
    this.#touched.set(id, time);
    // Nobody waits for it: a store that is away is noticed by those who need it.
    this.#timer ??= setTimeout(() => void this.writeTouched().catch(() => undefined), TOUCH_DELAY);
    this.#timer.unref();
    return Promise.resolve();
  }

  /** Writes when tokens were used last. What could not be written is kept for the next time. */
  async writeTouched(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#touched.size === 0) return;
    const { builder } = this.#database.dialect;
    const touched = [...this.#touched];
    const updates = touched.map(([id, time]) =>
      builder.updateTable(table).set({ last_used_at: time }).where('id', '=', id).compile(),
    );
    await this.#database.transaction(() => Promise.resolve({ value: null, last: updates }));
    for (const [id, time] of touched) {
      if (this.#touched.get(id) === time) this.#touched.delete(id);
    }
  }

  async #insertUnless(found: Query, token: StoredToken): Promise<boolean> {
    const { builder, locksRows } = this.#database.dialect;
    const state = builder.selectFrom('store_state').select('revision');
    const { value } = await this.#database.transaction(async (session: Session) => {
      // Two at once would each find nothing.
      if (locksRows) await session.rows(state.forUpdate().compile());
      const free = (await session.rows(found)).length === 0;
      const insert = builder.insertInto(table).values(rowOf(token)).compile();
      return { value: free, last: free ? [insert] : null };
    });
    return value;
  }
}

type Query = Parameters<Session['rows']>[0];

function rowOf(token: StoredToken): Record<string, SqlValue> {
  return {
    id: token.id,
    name: token.name,
    hash: token.hash,
    created_at: token.createdAt,
    expires_at: token.expiresAt,
    revoked_at: token.revokedAt,
    last_used_at: token.lastUsedAt,
  };
}

function tokenOf([id, name, hash, createdAt, expiresAt, revokedAt, lastUsedAt]: Row): StoredToken {
  return {
    id: id as string,
    name: name as string,
    hash: hash as string,
    createdAt: createdAt as number,
    expiresAt: expiresAt as number | null,
    revokedAt: revokedAt as number | null,
    lastUsedAt: lastUsedAt as number | null,
  };
}
