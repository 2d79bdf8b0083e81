import { fetchJson } from '../fetch-json.ts';
import { PeerFailure, type PeerOutcome } from '../peer/failure.ts';
import type { PeerEnv } from '../peer/peer-state.ts';
import { SharedByOptions, type Share } from '../shared-by-options.ts';
import type { Algorithm } from './algorithms.ts';
import { publicKeysIn, type PublicKey } from './jwk.ts';

export interface RemoteKeysOptions {
  /** Where the key set is. */
  readonly uri: string;
  /** How long keys are used before they are asked for again, beside the traffic, ms. */
  readonly ttl: number;
  /** How long keys are used when they cannot be had again, ms. */
  readonly mostAge: number;
  /** For an answer, ms. */
  readonly timeout: number;
}

/** Between two requests for the keys, ms: whoever invents key ids cannot have the server flooded. */
const PAUSE = 10_000;
/** After failures in a row it is asked less and less. */
const LONGEST_PAUSE = 60_000;
const FIRST_PAUSE = 1_000;
/** Requests that wait for one answer. */
const MOST_WAITING = 256;
const LONGEST_SET = 256 * 1024;

/**
 * The public keys of an issuer of tokens, read from its key set and read again when they are old, or
 * when a token names one that is not known. Requests wait only while there is no key that could do.
 */
export class RemoteKeys {
  readonly #options: RemoteKeysOptions;
  readonly #env: PeerEnv;
  /** Its label in the metrics. */
  readonly #peer: string;
  #keys: readonly PublicKey[] = [];
  #current: ReadonlySet<PublicKey> = new Set();
  #readAt = -Infinity;
  #nextTry = -Infinity;
  #failures = 0;
  #pending: Promise<void> | null = null;
  #waiting = 0;

  constructor(options: RemoteKeysOptions, env: PeerEnv) {
    this.#options = options;
    this.#env = env;
    this.#peer = new URL(options.uri).host;
  }

  /** Whether there are keys, and not too old. */
  get usable(): boolean {
    return this.#env.now() - this.#readAt < this.#options.mostAge;
  }

  /** Whether a key is still one of the issuer's. Has old ones read again. */
  has(key: PublicKey): boolean {
    this.#keepFresh();
    return this.usable && this.#current.has(key);
  }

  /** The key that a token names; one without a name must be the only one for its algorithm. */
  find(id: string | null, algorithm: Algorithm): PublicKey | undefined {
    this.#keepFresh();
    if (!this.usable) return undefined;
    const fitting = this.#keys.filter(({ algorithms }) => algorithms.has(algorithm));
    if (id !== null) return fitting.find((key) => key.id === id);
    return fitting.length === 1 ? fitting[0] : undefined;
  }

  /**
   * Reads the keys again; ends when that has succeeded or failed.
   *
   * @returns null where it is too early for that, or where too many wait for it already
   */
  refresh(): Promise<void> | null {
    if (this.#pending === null && this.#env.now() < this.#nextTry) return null;
    if (this.#waiting >= MOST_WAITING) return null;
    this.#waiting++;
    return this.#read().finally(() => this.#waiting--);
  }

  #keepFresh(): void {
    const now = this.#env.now();
    if (now - this.#readAt < this.#options.ttl || now < this.#nextTry) return;
    // Whoever asks for a key now does not wait for it.
    void this.#read();
  }

  #read(): Promise<void> {
    this.#pending ??= this.#readOnce().finally(() => (this.#pending = null));
    return this.#pending;
  }

  async #readOnce(): Promise<void> {
    const { uri, timeout } = this.#options;
    try {
      this.#take(publicKeysIn(await fetchJson(uri, { timeout, limit: LONGEST_SET })));
    } catch (error) {
      const outcome = error instanceof PeerFailure ? error.outcome : 'bad_answer';
      this.#failed(outcome, (error as Error).message);
    }
  }

  #take(keys: readonly PublicKey[]): void {
    // The same key stays the same object: what was verified with it stays so.
    const known = new Map(this.#keys.map((key) => [key.source, key]));
    this.#keys = keys.map((key) => known.get(key.source) ?? key);
    this.#current = new Set(this.#keys);
    this.#readAt = this.#env.now();
    this.#nextTry = this.#readAt + PAUSE;
    this.#env.metrics.peerAsked(this.#peer, 'answered');
    if (this.#failures > 0) {
      this.#env.log.info('the key set can be read again', {
        uri: this.#options.uri,
        failures: this.#failures,
      });
    }
    this.#failures = 0;
  }

  #failed(outcome: PeerOutcome, reason: string): void {
    this.#env.metrics.peerAsked(this.#peer, outcome);
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#failures);
    this.#nextTry = this.#env.now() + pause;
    this.#failures++;
    if (this.#failures > 1) return;
    this.#env.log.error(`the key set cannot be read: ${reason}`, {
      uri: this.#options.uri,
      help: this.usable
        ? 'The keys that were read before are used meanwhile.'
        : 'Tokens of this issuer are refused until it can be read.',
    });
  }
}

const shared = new SharedByOptions<RemoteKeys>();

/** Keys that all instances with the same options share. */
export function shareRemoteKeys(options: RemoteKeysOptions, env: PeerEnv): Share<RemoteKeys> {
  return shared.share(options, () => new RemoteKeys(options, env));
}
