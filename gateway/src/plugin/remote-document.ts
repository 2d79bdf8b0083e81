import { fetchJson } from './fetch-json.ts';
import { PeerFailure, type PeerOutcome } from './peer/failure.ts';
import type { PeerEnv } from './peer/peer-state.ts';

export interface RemoteDocumentOptions {
  readonly uri: string;
  /** How long it is used before it is asked for again, beside the traffic, ms. */
  readonly ttl: number;
  /** How long it is used when it cannot be had again, ms. */
  readonly mostAge: number;
  /** For an answer, ms. */
  readonly timeout: number;
  /** Whether a server of https needs a certificate that an authority vouches for; true when absent. */
  readonly verify?: boolean;
}

export interface DocumentAbout<T> {
  /** What log lines call it, e.g. `the key set`. */
  readonly called: string;
  /** What an operator is told of the consequences while there is none. */
  readonly without: string;
  /** What the JSON of it says. Throws an Error that says why that is nothing. */
  readonly read: (json: unknown) => T;
}

/** Between two requests for it, ms: whoever has it asked for again cannot have the server flooded. */
const PAUSE = 10_000;
/** After failures in a row it is asked less and less. */
const LONGEST_PAUSE = 60_000;
const FIRST_PAUSE = 1_000;
/** Requests that wait for one answer. */
const MOST_WAITING = 256;
const LONGEST = 256 * 1024;

/**
 * A JSON document that somebody else publishes, read when it is needed and read again when it is old.
 * Requests wait only while there is none.
 */
export class RemoteDocument<T> {
  readonly #options: RemoteDocumentOptions;
  readonly #about: DocumentAbout<T>;
  readonly #env: PeerEnv;
  /** Its label in the metrics. */
  readonly #peer: string;
  #value: T | undefined;
  #readAt = -Infinity;
  #nextTry = -Infinity;
  #failures = 0;
  #pending: Promise<void> | null = null;
  #waiting = 0;

  constructor(options: RemoteDocumentOptions, about: DocumentAbout<T>, env: PeerEnv) {
    this.#options = options;
    this.#about = about;
    this.#env = env;
    this.#peer = new URL(options.uri).host;
  }

  /** What it says; undefined while it was not read, or is too old. */
  get value(): T | undefined {
    return this.#env.now() - this.#readAt < this.#options.mostAge ? this.#value : undefined;
  }

  /** The same, and has an old one read again, for which nobody waits. */
  get fresh(): T | undefined {
    const now = this.#env.now();
    if (now - this.#readAt >= this.#options.ttl && now >= this.#nextTry) void this.#read();
    return this.value;
  }

  /**
   * Reads it again; ends when that has succeeded or failed.
   *
   * @returns null where it is too early for that, or where too many wait for it already
   */
  refresh(): Promise<void> | null {
    if (this.#pending === null && this.#env.now() < this.#nextTry) return null;
    if (this.#waiting >= MOST_WAITING) return null;
    this.#waiting++;
    return this.#read().finally(() => this.#waiting--);
  }

  #read(): Promise<void> {
    this.#pending ??= this.#readOnce().finally(() => (this.#pending = null));
    return this.#pending;
  }

  async #readOnce(): Promise<void> {
    const { uri, timeout, verify = true } = this.#options;
    try {
      const json = await fetchJson(uri, { timeout, limit: LONGEST, verify });
      this.#take(this.#about.read(json));
    } catch (error) {
      const outcome = error instanceof PeerFailure ? error.outcome : 'bad_answer';
      this.#failed(outcome, (error as Error).message);
    }
  }

  #take(value: T): void {
    this.#value = value;
    this.#readAt = this.#env.now();
    this.#nextTry = this.#readAt + PAUSE;
    this.#env.metrics.peerAsked(this.#peer, 'answered');
    if (this.#failures > 0) {
      this.#env.log.info(`${this.#about.called} can be read again`, {
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
    const { called, without } = this.#about;
    this.#env.log.error(`${called} cannot be read: ${reason}`, {
      uri: this.#options.uri,
      help: this.value === undefined ? without : 'What was read before is used meanwhile.',
    });
  }
}
