import { BoundedWork, TOO_MUCH } from '../bounded-work.ts';
import { SharedByOptions, type Share } from '../shared-by-options.ts';
import { badAnswer, PeerFailure } from './failure.ts';
import { HttpCaller, type Answer, type Call } from './http-call.ts';
import { PeerState, type PeerAbout, type PeerEnv } from './peer-state.ts';

export interface PeerOptions {
  /** For an answer, the wait for a turn included, ms. */
  readonly timeout: number;
  /** How long a connection that is not in use is kept, ms; 0 for not at all. */
  readonly keepAlive: number;
  /** Calls under way at the same time, in this thread. */
  readonly mostAtOnce: number;
  /** Calls that wait for their turn, beyond these. */
  readonly mostWaiting: number;
  /** Longest body of an answer, bytes. */
  readonly limit: number;
  /** Whether a server of https needs a certificate that an authority vouches for. */
  readonly verify: boolean;
}

/**
 * An HTTP server whose word requests wait for. It may be slow, dead or talk nonsense without harm to
 * anything else: calls are bounded in time, in number and in the length of answers, one that says
 * nothing is left alone for a while, and the same question is asked once, however many ask it.
 */
export class Peer {
  readonly #options: PeerOptions;
  readonly #state: PeerState;
  readonly #caller: HttpCaller;
  readonly #work: BoundedWork<unknown>;

  constructor(about: PeerAbout, options: PeerOptions, env: PeerEnv) {
    const { mostAtOnce, mostWaiting } = options;
    const most = mostAtOnce + mostWaiting;
    this.#options = options;
    this.#state = new PeerState(about, env);
    this.#caller = new HttpCaller(options);
    // Half of what there is room for is left to others than the one who asks most.
    this.#work = new BoundedWork({
      atOnce: mostAtOnce,
      most,
      mostOfOwner: Math.max(1, Math.ceil(most / 2)),
    });
  }

  /** Questions that wait for an answer. */
  get waiting(): number {
    return this.#work.size;
  }

  /**
   * Asks, and reads the answer.
   *
   * @param key questions with the same key are the same, and must be `read` in the same way
   * @param owner on whose behalf, e.g. the address of a client
   * @param read makes of an answer what it means; throws `badAnswer` where it makes no sense
   * @throws PeerFailure
   */
  async ask<T>(key: string, owner: string, call: Call, read: (answer: Answer) => T): Promise<T> {
    if (this.#state.resting) throw this.#failed(resting());
    const until = performance.now() + this.#options.timeout;
    const result = this.#work.run(key, owner, () => this.#call(call, until, read));
    if (result !== TOO_MUCH) return result as Promise<T>;
    throw this.#failed(new PeerFailure('too_many', 'too many requests wait for it already'));
  }

  close(): void {
    this.#caller.close();
  }

  async #call<T>(call: Call, until: number, read: (answer: Answer) => T): Promise<T> {
    if (!this.#state.mayAsk()) throw this.#failed(resting());
    try {
      const left = until - performance.now();
      if (left < 1) throw new PeerFailure('timeout', 'all the time went by in waiting for a turn');
      const result = read(await this.#caller.call(call, left));
      this.#state.answered();
      return result;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #failed(error: unknown): PeerFailure {
    const isKnown = error instanceof PeerFailure;
    const failure = isKnown ? error : badAnswer('the answer could not be read', error);
    this.#state.failed(failure);
    return failure;
  }
}

function resting(): PeerFailure {
  return new PeerFailure('resting', 'it has not answered for several times');
}

const shared = new SharedByOptions<Peer>((peer) => peer.close());

/** A peer that all instances of this thread with the same options share. */
export function sharePeer(about: PeerAbout, options: PeerOptions, env: PeerEnv): Share<Peer> {
  return shared.share({ about, options }, () => new Peer(about, options, env));
}
