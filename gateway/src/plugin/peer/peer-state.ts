import type { PluginEnv } from '../plugin.ts';
import type { PeerFailure } from './failure.ts';

/** What a plugin's peers need of its surroundings. */
export type PeerEnv = Pick<PluginEnv, 'log' | 'metrics' | 'now'>;

export interface PeerAbout {
  /** Its label in the metrics: host and port, nothing secret. */
  readonly name: string;
  /** What log lines call it, e.g. `the introspection server`. */
  readonly called: string;
  /** What an operator is told of the consequences while it fails. */
  readonly help: string;
}

/** Calls without any answer, one after the other, after which the peer is left alone for a while. */
const MOST_SILENT = 5;
/** For how long, ms; twice as long each time, up to the second. */
const FIRST_REST = 500;
const LONGEST_REST = 5_000;
/** A peer that fails now and then is said to work again only when it has not failed for so long, ms. */
const STEADY = 10_000;

/**
 * How a peer behaves: counts what comes of calls, logs when it begins to fail and when it works again,
 * once each, and says whether to ask at all: of one that has not answered for several calls nobody
 * else needs to wait. After a rest a single call tries again.
 */
export class PeerState {
  readonly #about: PeerAbout;
  readonly #env: PeerEnv;
  #failing = false;
  #failures = 0;
  #failedAt = -Infinity;
  #silent = 0;
  #restsUntil = -Infinity;
  #trying = false;

  constructor(about: PeerAbout, env: PeerEnv) {
    this.#about = about;
    this.#env = env;
  }

  get resting(): boolean {
    if (this.#silent < MOST_SILENT) return false;
    return this.#trying || this.#env.now() < this.#restsUntil;
  }

  /** Whether to ask it now. Whoever is told so must tell what came of it. */
  mayAsk(): boolean {
    if (this.resting) return false;
    this.#trying = this.#silent >= MOST_SILENT;
    return true;
  }

  answered(): void {
    this.#silent = 0;
    this.#trying = false;
    this.#env.metrics.peerAsked(this.#about.name, 'answered');
    if (!this.#failing || this.#env.now() - this.#failedAt < STEADY) return;
    this.#failing = false;
    const { name, called } = this.#about;
    this.#env.log.info(`${called} answers again`, { peer: name, failures: this.#failures });
    this.#failures = 0;
  }

  failed({ outcome, message }: PeerFailure): void {
    const now = this.#env.now();
    if (outcome === 'timeout' || outcome === 'no_connection') this.#notAnswered(now);
    else if (outcome === 'bad_answer') this.#silent = 0;
    if (outcome !== 'resting' && outcome !== 'too_many') this.#trying = false;
    this.#failedAt = now;
    this.#failures++;
    const { name, called, help } = this.#about;
    this.#env.metrics.peerAsked(name, outcome);
    if (this.#failing) return;
    this.#failing = true;
    this.#env.log.error(`${called} cannot be relied on: ${message}`, { peer: name, help });
  }

  #notAnswered(now: number): void {
    this.#silent++;
    const over = this.#silent - MOST_SILENT;
    if (over >= 0) this.#restsUntil = now + Math.min(LONGEST_REST, FIRST_REST * 2 ** over);
  }
}
