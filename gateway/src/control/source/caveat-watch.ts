import type { EntityTables } from '../../entities/tables.ts';
import type { StoredChange } from '../../store/contract.ts';
import type { GatewayLog } from '../gateway-log.ts';
import { changedTables } from './changed-tables.ts';

/** How long after a change its caveats are logged, so that of many changes few are looked at; ms. */
const SETTLE = 500;
/** Looking may take a part of the time as small as this, however large the configuration is. */
const SHARE = 1 / 50;

/** Knows what of the configuration has less effect than its author may expect, and logs it once. */
export class CaveatWatch {
  readonly #log: GatewayLog;
  readonly #find: (tables: EntityTables) => readonly string[];
  #tables: EntityTables | null = null;
  #found: readonly string[] | null = null;
  #logged: readonly string[] = [];
  #timer: NodeJS.Timeout | null = null;
  /** How long looking took the last time, ms. */
  #duration = 0;

  /** @param find looks through a whole configuration */
  constructor(log: GatewayLog, find: (tables: EntityTables) => readonly string[]) {
    this.#log = log;
    this.#find = find;
  }

  /** Turns to another configuration. Looking through it is put off until somebody asks. */
  look(tables: EntityTables): void {
    this.#tables = tables;
    this.#found = null;
    const delay = Math.max(SETTLE, this.#duration / SHARE);
    this.#timer ??= setTimeout(() => this.logNow(), delay).unref();
  }

  get caveats(): readonly string[] {
    if (this.#tables === null) return [];
    if (this.#found === null) {
      const start = performance.now();
      this.#found = this.#find(this.#tables);
      this.#duration = performance.now() - start;
    }
    return this.#found;
  }

  /** The caveats of what changes, among what is served. */
  of(changes: readonly StoredChange[], current: EntityTables): readonly string[] {
    return this.#find(changedTables(changes, current));
  }

  /** What was logged before and still holds is not logged again. */
  logNow(): void {
    this.close();
    const { caveats } = this;
    for (const caveat of caveats) if (!this.#logged.includes(caveat)) this.#log.warn(caveat);
    this.#logged = caveats;
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
