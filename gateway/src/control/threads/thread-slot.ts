import type { FromThread, NewSeries, ThreadSeed, ToThread } from '../../snapshot/messages.ts';
import { Backoff } from '../backoff.ts';
import type { Feed, Revision } from './feed.ts';
import { withDetails } from '../gateway-log.ts';
import type { GatewayLog } from '../gateway-log.ts';
import { ProxyThread } from './proxy-thread.ts';
import type { Publisher } from './publisher.ts';
import type { ThreadStatus } from '../status/status-source.ts';

/** What a slot passes on to its threads, whichever they are. */
export type BroadcastMessage = Extract<
  ToThread,
  { type: 'reopen-logs' | 'tls' | 'upstream-tls' | 'tidy' }
>;

export interface ThreadSlotOptions<S extends Revision> {
  /** Script of a proxy thread. */
  readonly entry: URL;
  readonly publisher: Publisher<S>;
  readonly log: GatewayLog;
  /** How long a replaced thread's requests may take to end, ms. */
  readonly drainTimeout: number;
  /** Whether two threads can listen on one port. Otherwise one ends before the next begins. */
  readonly reusePort: boolean;
  /** What a thread is given; asked for each thread that is started. */
  readonly seed: (index: number) => ThreadSeed;
  readonly onSeries: (thread: ThreadSeed, message: NewSeries) => void;
  readonly onEnded: (thread: ThreadSeed) => void;
}

export interface ThreadSlotEvents {
  /** A thread waits for a configuration. */
  ready(): void;
  listening(): void;
  /**
   * A thread died or failed.
   *
   * @returns whether it is to be replaced
   */
  failed(reason: string): boolean;
}

/** A thread and the feed that brings it its configuration, from when it is ready. */
interface Member<S extends Revision> {
  readonly thread: ProxyThread;
  feed: Feed<S> | null;
  /** Its failure was logged and counted. */
  reported: boolean;
}

/**
 * Keeps one proxy thread running. One that dies is replaced; one that says that it failed goes on
 * serving until its replacement listens, so that no connection is refused.
 */
export class ThreadSlot<S extends Revision> {
  readonly #index: number;
  readonly #options: ThreadSlotOptions<S>;
  readonly #events: ThreadSlotEvents;
  readonly #log: GatewayLog;
  readonly #backoff = new Backoff();
  /** Threads that were told to end. */
  readonly #leaving = new Map<ProxyThread, Promise<void>>();
  #serving: Member<S> | null = null;
  /** Takes the place of `#serving` once it listens. */
  #coming: Member<S> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #stopping = false;
  #restarts = 0;

  constructor(index: number, options: ThreadSlotOptions<S>, events: ThreadSlotEvents) {
    this.#index = index;
    this.#options = options;
    this.#events = events;
    this.#log = withDetails(options.log, { thread: index });
    this.#spawn();
  }

  /** Whether a thread serves and has not said that it failed. */
  get healthy(): boolean {
    return this.#serving !== null && !this.#serving.reported;
  }

  get status(): ThreadStatus {
    const running = this.healthy ? 'running' : 'starting';
    return {
      index: this.#index,
      state: this.#stopping ? 'draining' : running,
      revision: this.#serving?.feed?.served?.revision ?? null,
      restarts: this.#restarts,
    };
  }

  send(message: BroadcastMessage): void {
    this.#serving?.thread.send(message);
    this.#coming?.thread.send(message);
  }

  /**
   * Ends the slot for good.
   *
   * @param timeout after which requests that have not ended are cut, ms
   */
  async drain(timeout: number): Promise<void> {
    this.#stop();
    for (const member of [this.#serving, this.#coming]) {
      if (member !== null) this.#dismiss(member, timeout);
    }
    await Promise.all(this.#leaving.values());
  }

  /** Ends every thread at once, and the slot. */
  terminate(): void {
    this.#stop();
    for (const thread of this.#leaving.keys()) thread.terminate();
    this.#serving?.thread.terminate();
    this.#coming?.thread.terminate();
  }

  #stop(): void {
    this.#stopping = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #spawn(): void {
    this.#timer = null;
    const { entry, seed } = this.#options;
    const thread = new ProxyThread(entry, seed(this.#index), {
      message: (from, message) => this.#receive(from, message),
      gone: (from, reason) => this.#gone(from, reason),
    });
    this.#coming = { thread, feed: null, reported: false };
  }

  #member(thread: ProxyThread): Member<S> | null {
    return [this.#coming, this.#serving].find((member) => member?.thread === thread) ?? null;
  }

  #receive(thread: ProxyThread, message: FromThread): void {
    switch (message.type) {
      case 'series':
        for (const series of message.series) this.#options.onSeries(thread.seed, series);
        return;
      case 'log':
        this.#log[message.level](message.message, message.details);
        return;
      case 'drained':
        if (message.cut.requests + message.cut.streams > 0) {
          this.#log.warn('cut off what had not ended when the drain timeout was over', message.cut);
        }
        return;
      case 'ready':
      case 'listening':
      case 'ack':
      case 'live':
      case 'failed-commit':
      case 'failed': {
        const member = this.#member(thread);
        if (member !== null && !thread.leaving) this.#follow(member, message);
      }
    }
  }

  /** What concerns a thread that serves or is about to. */
  #follow(
    member: Member<S>,
    message: Exclude<FromThread, { type: 'series' | 'log' | 'drained' }>,
  ): void {
    const { thread } = member;
    switch (message.type) {
      case 'ready':
        member.feed = this.#options.publisher.attach((piece) => thread.send(piece));
        this.#events.ready();
        break;
      case 'listening':
        this.#takeOver(member);
        this.#events.listening();
        break;
      case 'failed-commit':
        member.feed?.receive(message);
        // It cannot serve what the others serve. Another try may go better, such as with more memory.
        if (member.feed?.served === null) this.#fail(member, message.message);
        break;
      case 'ack':
      case 'live':
        member.feed?.receive(message);
        break;
      case 'failed':
        this.#fail(member, message.message);
        break;
    }
  }

  #takeOver(member: Member<S>): void {
    if (member !== this.#coming) return;
    const before = this.#serving;
    this.#serving = member;
    this.#coming = null;
    if (before !== null) this.#dismiss(before, this.#options.drainTimeout);
  }

  #dismiss(member: Member<S>, timeout: number): void {
    this.#detach(member);
    this.#leaving.set(member.thread, member.thread.leave(timeout));
  }

  #detach(member: Member<S>): void {
    if (member.feed !== null) this.#options.publisher.detach(member.feed);
    member.feed = null;
  }

  #fail(member: Member<S>, reason: string): void {
    const { thread } = member;
    thread.complaint ??= reason;
    if (member === this.#coming) {
      thread.terminate();
      return;
    }
    if (!this.#report(member, reason)) return;
    if (this.#options.reusePort) this.#respawn(thread);
    else this.#dismiss(member, this.#options.drainTimeout);
  }

  #gone(thread: ProxyThread, reason: string): void {
    this.#leaving.delete(thread);
    this.#options.onEnded(thread.seed);
    const member = this.#member(thread);
    if (member === null) return;
    this.#detach(member);
    if (member === this.#serving) this.#serving = null;
    else this.#coming = null;
    if (!this.#stopping && this.#report(member, reason)) this.#respawn(thread);
  }

  /** @returns whether the thread is to be replaced */
  #report(member: Member<S>, reason: string): boolean {
    if (member.reported) return true;
    member.reported = true;
    if (!this.#events.failed(reason)) {
      this.#stop();
      return false;
    }
    this.#restarts++;
    this.#log.error('a proxy thread failed and is being replaced', { reason });
    return true;
  }

  /** Starts the replacement, unless it is under way. */
  #respawn(lost: ProxyThread): void {
    if (this.#stopping || this.#coming !== null || this.#timer !== null) return;
    const wait = this.#backoff.next(performance.now() - lost.startedAt);
    if (wait === 0) this.#spawn();
    else this.#timer = setTimeout(() => this.#spawn(), wait);
  }
}
