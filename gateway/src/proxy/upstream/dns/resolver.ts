import { DnsClient, type DnsResult, type ResolvedAddress } from './dns-client.ts';
import { HostsFile } from './hosts-file.ts';
import { NameLookup } from './name-lookup.ts';
import { readSearchList } from './search-list.ts';

/** What is known about a name. */
export interface NameAnswer {
  /** Empty when the name has no address. */
  readonly addresses: readonly ResolvedAddress[];
  /** Why there is no address or why an older answer is still used; null when all is well. */
  readonly error: string | null;
  /** When to ask again, ms on the resolver's clock. */
  readonly expires: number;
  /** Until when the addresses may be used while asking again fails or takes its time. */
  readonly usableUntil: number;
}

export interface ResolverOptions {
  /** DNS servers, `address` or `address:port`; by default those of `/etc/resolv.conf`. */
  readonly servers?: readonly string[];
  /** Default `/etc/hosts`. */
  readonly hostsFile?: string;
  /** Where the search list is read, once. Default `/etc/resolv.conf`. */
  readonly resolvConf?: string;
  /** Of each try at each server, ms. Default 2000. */
  readonly timeout?: number;
  /** Default 2. */
  readonly tries?: number;
  /** Names remembered. Default 10,000. */
  readonly cacheSize?: number;
  /**
   * Whether SRV records are asked for first for every name, as Kong does by default. Otherwise they
   * come first for names like `_http._tcp.orders` and after A and AAAA for others, since cluster
   * DNS servers answer SRV for plain service names with every port that the service has.
   */
  readonly srvFirst?: boolean;
  /** A clock in ms that never goes back. Default `performance.now`. */
  readonly now?: () => number;
  /** Told once when a name or the hosts file begins to fail or fails in another way. */
  readonly onError?: (subject: string, reason: string) => void;
}

/** ms */
const USABLE_AFTER_EXPIRY = 3_600_000;
/** A TTL of 0 would mean a query for every request. */
const SHORTEST_REUSE = 1_000;
const MISSING_REUSE = 30_000;
const FAILED_REUSE = 1_000;

/** Resolves names for one thread and remembers the answers. */
export class Resolver {
  /** The clock by which answers expire. */
  readonly now: () => number;
  readonly #client: DnsClient;
  readonly #lookup: NameLookup;
  readonly #cacheSize: number;
  readonly #onError: (subject: string, reason: string) => void;
  /** Least recently used first. */
  readonly #answers = new Map<string, NameAnswer>();
  readonly #pending = new Map<string, Promise<NameAnswer>>();

  /** Throws when there is a resolv.conf that cannot be read, or a server that is no address. */
  constructor(options: ResolverOptions = {}) {
    this.now = options.now ?? (() => performance.now());
    this.#cacheSize = options.cacheSize ?? 10_000;
    this.#onError = options.onError ?? (() => undefined);
    this.#client = new DnsClient({
      timeout: options.timeout ?? 2_000,
      tries: options.tries ?? 2,
      ...(options.servers && { servers: options.servers }),
    });
    this.#lookup = new NameLookup({
      client: this.#client,
      hosts: new HostsFile(options.hostsFile ?? '/etc/hosts'),
      searchList: readSearchList(options.resolvConf ?? '/etc/resolv.conf'),
      srvFirst: options.srvFirst ?? false,
      onError: this.#onError,
    });
  }

  /** What is remembered about `name` and may still be used, perhaps expired. Asks nobody. */
  known(name: string): NameAnswer | undefined {
    const key = name.toLowerCase();
    const answer = this.#answers.get(key);
    if (answer === undefined || answer.usableUntil <= this.now()) return undefined;
    this.#remember(key, answer);
    return answer;
  }

  /**
   * What is remembered about `name` unless it has expired, else the answer to a new query, which
   * all who wait for the same name share. Never rejects.
   */
  resolve(name: string): Promise<NameAnswer> {
    const key = name.toLowerCase();
    const known = this.known(key);
    if (known !== undefined && this.now() < known.expires) return Promise.resolve(known);
    let pending = this.#pending.get(key);
    if (pending === undefined) {
      pending = this.#ask(key).finally(() => this.#pending.delete(key));
      this.#pending.set(key, pending);
    }
    return pending;
  }

  /** Ends pending queries as failed. */
  dispose(): void {
    this.#client.cancel();
  }

  async #ask(name: string): Promise<NameAnswer> {
    const result = await this.#lookup.lookup(name);
    const previous = this.#answers.get(name);
    const answer = assess(result, previous, this.now());
    this.#remember(name, answer);
    const { error } = answer;
    if (error !== null && error !== previous?.error) this.#onError(name, error);
    return answer;
  }

  #remember(name: string, answer: NameAnswer): void {
    this.#answers.delete(name);
    this.#answers.set(name, answer);
    if (this.#answers.size <= this.#cacheSize) return;
    const leastRecent = this.#answers.keys().next();
    if (leastRecent.done !== true) this.#answers.delete(leastRecent.value);
  }
}

function assess(result: DnsResult, previous: NameAnswer | undefined, now: number): NameAnswer {
  if (result.kind === 'found') {
    const expires = now + Math.max(SHORTEST_REUSE, result.ttl * 1000);
    const usableUntil = expires + USABLE_AFTER_EXPIRY;
    return { addresses: result.addresses, error: null, expires, usableUntil };
  }
  const error = result.reason;
  const expires = now + (result.kind === 'failed' ? FAILED_REUSE : MISSING_REUSE);
  // Old addresses go when the name is gone, not when a server could not tell.
  if (error !== 'no such name' && previous !== undefined && now < previous.usableUntil) {
    const { addresses, usableUntil } = previous;
    if (addresses.length > 0) return { addresses, error, expires, usableUntil };
  }
  return { addresses: [], error, expires, usableUntil: expires };
}
