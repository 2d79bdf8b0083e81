import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailable, type StoredToken, type TokenStore } from '../contract.ts';
import { Queue } from '../queue.ts';
import { MemoryTokens } from './memory-tokens.ts';

/** A lock this old was left behind by a process that has died: writing takes some ms; ms. */
const LOCK_LIFE = 5000;
/** How long it is waited for others that change the file: longer than for one that has died, ms. */
const PATIENCE = LOCK_LIFE + 3000;
/** The time of a use is written only when the one in the file is this much older, ms. */
const USE_PRECISION = 60_000;

/**
 * Tokens in a JSON file of their own, for gateways that have no database. Only its owner may read
 * it. Several processes may use one file: each change reads it anew, and is written to another file
 * that then takes its place.
 */
export class TokenFile implements TokenStore {
  readonly #path: string;
  readonly #queue = new Queue();

  constructor(path: string) {
    this.#path = path;
  }

  create(token: StoredToken): Promise<boolean> {
    return this.#change((tokens) => tokens.create(token));
  }

  createFirst(token: StoredToken): Promise<boolean> {
    return this.#change((tokens) => tokens.createFirst(token));
  }

  revoke(id: string, time: number): Promise<boolean> {
    return this.#change((tokens) => tokens.revoke(id, time));
  }

  async touch(id: string, time: number): Promise<void> {
    const known = this.#read().find((token) => token.id === id);
    if (known === undefined || time - (known.lastUsedAt ?? -Infinity) < USE_PRECISION) return;
    await this.#change((tokens) => tokens.touch(id, time));
  }

  async list(): Promise<readonly StoredToken[]> {
    return new MemoryTokens(this.#read()).list();
  }

  async byHash(hash: string): Promise<StoredToken | undefined> {
    return new MemoryTokens(this.#read()).byHash(hash);
  }

  #change<T>(work: (tokens: MemoryTokens) => Promise<T>): Promise<T> {
    return this.#queue.run(async () => {
      const unlock = await this.#lock();
      try {
        return await work(new MemoryTokens(this.#read(), (tokens) => this.#write(tokens)));
      } finally {
        unlock();
      }
    });
  }

  #read(): readonly StoredToken[] {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw this.#unavailable(error);
    }
    try {
      return (JSON.parse(text) as { tokens: readonly StoredToken[] }).tokens;
    } catch (error) {
      const message = `${this.#path} holds no tokens: ${String(error)}`;
      throw new StoreUnavailable('damaged', message, { cause: error });
    }
  }

  #write(tokens: readonly StoredToken[]): void {
    const draft = `${this.#path}.${randomUUID()}`;
    try {
      const file = openSync(draft, 'wx', 0o600);
      try {
        writeFileSync(file, `${JSON.stringify({ tokens }, null, 2)}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(draft, this.#path);
    } catch (error) {
      rmSync(draft, { force: true });
      throw this.#unavailable(error);
    }
  }

  /** Keeps other processes out. @returns lets them in again */
  async #lock(): Promise<() => void> {
    const path = `${this.#path}.lock`;
    const end = Date.now() + PATIENCE;
    while (true) {
      try {
        closeSync(openSync(path, 'wx', 0o600));
        return () => rmSync(path, { force: true });
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw this.#unavailable(error);
      }
      // In one go: what is removed must not be the lock of somebody who has just removed this one.
      if (isOlderThan(path, LOCK_LIFE)) rmSync(path, { force: true });
      else if (Date.now() > end) {
        throw new StoreUnavailable('locked', `${path} is held by another process`);
      } else await sleep(5);
    }
  }

  #unavailable(error: unknown): StoreUnavailable {
    const code = codeOf(error);
    const reason =
      code === 'ENOSPC'
        ? 'full'
        : code === 'EROFS' || code === 'EACCES'
          ? 'read-only'
          : 'unreachable';
    return new StoreUnavailable(reason, `${this.#path}: ${String(error)}`, { cause: error });
  }
}

/** Whether a file is there, and so old, ms. */
function isOlderThan(path: string, age: number): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > age;
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
