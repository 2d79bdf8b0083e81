import { hash } from 'node:crypto';
import type { CaCertificateRecord } from '../../snapshot/records.ts';
import type { PersistentMap } from '../../snapshot/persistent-map.ts';
import type { ClientTrust } from '../net/tls-contexts.ts';

/** Stands for every server. */
export const ANY_SERVER = '*';
/** Names for which it is remembered whom clients are asked for; anybody can make names up. */
const MOST_NAMES = 1000;

/** What clients of a server are asked for. */
export interface Asking {
  readonly authorities: ReadonlySet<string>;
  readonly partial: boolean;
}

/**
 * For which server names plugins want clients to be asked for a certificate, and of which authorities.
 * Never changed, only followed.
 */
export class ClientTrusts {
  /** By server name, or a pattern of several. */
  readonly #askings: ReadonlyMap<string, Asking>;
  readonly #authorities: PersistentMap<CaCertificateRecord>;
  /** By what is in them, so that what stays the same stays the same object. */
  readonly #trusts = new Map<string, ClientTrust>();
  readonly #before: ReadonlyMap<string, ClientTrust>;
  readonly #byName = new Map<string, ClientTrust | null>();

  /** @param before what this follows; null for nothing */
  constructor(
    askings: ReadonlyMap<string, Asking>,
    authorities: PersistentMap<CaCertificateRecord>,
    before: ClientTrusts | null,
  ) {
    this.#askings = askings;
    this.#authorities = authorities;
    this.#before = before === null ? new Map<string, ClientTrust>() : before.#trusts;
  }

  /** Whether nobody is asked. */
  get isEmpty(): boolean {
    return this.#askings.size === 0;
  }

  /**
   * @param name of a server, in lower case and without a dot at its end; a client that names none
   *   may want any
   * @returns null where clients are not asked
   */
  of(name: string): ClientTrust | null {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const patterns = name === '' ? this.#askings.keys() : patternsOf(name);
    const askings: Asking[] = [];
    for (const pattern of patterns) {
      const asking = this.#askings.get(pattern);
      if (asking !== undefined) askings.push(asking);
    }
    const trust = askings.length === 0 ? null : this.#trustOf(askings);
    if (this.#byName.size >= MOST_NAMES) this.#byName.clear();
    this.#byName.set(name, trust);
    return trust;
  }

  #trustOf(askings: readonly Asking[]): ClientTrust {
    const ids = new Set(askings.flatMap(({ authorities }) => [...authorities]));
    const trust: ClientTrust = {
      authorities: [...ids].sort().flatMap((id) => this.#authorities.get(id)?.cert ?? []),
      partial: askings.some(({ partial }) => partial),
    };
    const key = hash('sha256', JSON.stringify(trust));
    const same = this.#trusts.get(key) ?? this.#before.get(key) ?? trust;
    this.#trusts.set(key, same);
    return same;
  }
}

/** Patterns that fit a name; a star stands for any number of labels, as in the hosts of routes. */
function* patternsOf(name: string): Generator<string, void, void> {
  yield name;
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    yield `*${name.slice(dot)}`;
    yield `${name.slice(0, dot)}.*`;
  }
  yield ANY_SERVER;
}
