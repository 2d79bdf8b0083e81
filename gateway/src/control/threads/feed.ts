import type { FromThread, ToThread } from '../../snapshot/messages.ts';

/** What a configuration is told apart by. */
export interface Revision {
  readonly revision: number;
  readonly hash: string;
}

/** Messages with which a thread answers what a feed sends. */
export type FeedAnswer = Extract<FromThread, { type: 'ack' | 'live' | 'failed-commit' }>;

export interface FeedOptions<S> {
  readonly send: (message: ToThread) => void;
  /** Opens what leads from one configuration to another; null is the empty one. */
  readonly open: (from: S | null, to: S) => () => string | undefined;
  /** The thread serves `served` now. */
  readonly onServed: () => void;
  /** The thread cannot compile `snapshot` and serves what it served. */
  readonly onRefused: (snapshot: S, message: string) => void;
}

/**
 * Pieces that are on their way at once: while the thread takes one, the next is made. Both together
 * must not hold it up noticeably.
 */
const PIECES_AT_ONCE = 2;

/**
 * Brings one thread to the wanted configuration: piece by piece, as the thread acknowledges them, and
 * one commit at a time. What is wanted meanwhile waits; of several only the newest is sent.
 */
export class Feed<S extends Revision> {
  /** What the thread serves; null before the first commit. */
  served: S | null = null;
  readonly #options: FeedOptions<S>;
  #wanted: S | null = null;
  /** The configuration under way. */
  #sending: S | null = null;
  #next = nothing;
  /** Numbers of the last piece that was sent, and of the last that was acknowledged. */
  #sent = 0;
  #acknowledged = 0;

  constructor(options: FeedOptions<S>) {
    this.#options = options;
  }

  want(snapshot: S): void {
    this.#wanted = snapshot;
    this.#begin();
  }

  /** Takes an answer of the thread. Acknowledgements of anything but the next piece are ignored. */
  receive(answer: FeedAnswer): void {
    const snapshot = this.#sending;
    if (snapshot === null) return;
    switch (answer.type) {
      case 'ack':
        if (answer.seq !== this.#acknowledged + 1) break;
        this.#acknowledged++;
        this.#send(snapshot);
        break;
      case 'live':
        this.served = snapshot;
        this.#letGo();
        this.#options.onServed();
        this.#begin();
        break;
      case 'failed-commit':
        this.#letGo();
        // Not again by itself: only another configuration can help.
        if (this.#wanted === snapshot) this.#wanted = this.served;
        this.#options.onRefused(snapshot, answer.message);
        this.#begin();
        break;
    }
  }

  /** Lets go of the pieces, which hold on to the configuration before. */
  #letGo(): void {
    this.#sending = null;
    this.#next = nothing;
  }

  #begin(): void {
    const wanted = this.#wanted;
    if (this.#sending !== null || wanted === null || wanted === this.served) return;
    this.#sending = wanted;
    this.#next = this.#options.open(this.served, wanted);
    // Feeds that are told in the same turn share the pieces.
    queueMicrotask(() => this.#send(wanted));
  }

  #send(snapshot: S): void {
    const { send } = this.#options;
    while (this.#sent - this.#acknowledged < PIECES_AT_ONCE) {
      const changes = this.#next();
      if (changes === undefined) break;
      send({ type: 'changes', seq: ++this.#sent, changes });
    }
    if (this.#sent > this.#acknowledged) return;
    send({ type: 'commit', revision: snapshot.revision, hash: snapshot.hash });
  }
}

function nothing(): string | undefined {
  return undefined;
}
