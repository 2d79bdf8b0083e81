import { RoomShare, type BodyRoom } from './body-room.ts';
import type { MessageHead } from './http1/message-head.ts';
import { PieceList } from './piece-list.ts';

/** Bytes of a request body that are kept, so that the request can be sent again. */
export const KEPT_FOR_RETRY = 64 * 1024;

/** Where body bytes go once an upstream connection has taken the request. */
export interface BodySink {
  /**
   * @param owned whether the bytes stay as they are; otherwise they are only valid during the call
   * @returns false when the upstream does not keep up: stop until it drains
   */
  writeBody(chunk: Uint8Array, owned: boolean): boolean;
  endBody(trailers: MessageHead | null): void;
}

interface Bound {
  /** Bytes. */
  readonly limit: number;
  readonly tooLarge: () => void;
}

/** What becomes of a request whose body cannot be collected. */
export interface CollectingFailures {
  readonly tooLarge: () => void;
  /** There are too many bodies already. */
  readonly noRoom: () => void;
}

/** A plugin that wants the whole body. */
interface Collector extends Bound, CollectingFailures {
  readonly resolve: (body: Uint8Array) => void;
}

/** Of a body that is over: a plugin that still asks for it takes no room. */
const NO_SHARE = new RoomShare(null);

/**
 * A request's body on its way from the client: kept while nobody takes it and as long as it is
 * small enough to be sent again, passed on piece by piece otherwise.
 */
export class RequestBody {
  /** Announced length, or -1 for a chunked body. */
  readonly announced: number;
  received = 0;
  complete = false;
  trailers: MessageHead | null = null;
  /** Everything received so far; null once more was received than is kept. */
  private kept: PieceList | null = new PieceList();
  private sink: BodySink | null = null;
  private collector: Collector | null = null;
  private bound: Bound | null = null;
  private replacement: Uint8Array | null = null;
  /** What it takes of the room for bodies; null while no plugin wants all of it. */
  private share: RoomShare | null = null;

  constructor(announced: number) {
    this.announced = announced;
  }

  /** Of a request that the client sent without one: for a plugin to give it one. */
  static none(): RequestBody {
    const body = new RequestBody(0);
    body.end(null);
    return body;
  }

  /**
   * Takes the next bytes; `chunk` is only valid during the call.
   *
   * @returns false to stop reading from the client for now
   */
  push(chunk: Uint8Array): boolean {
    // Nothing must not be passed on: a chunk of no bytes ends a body of HTTP/1.1.
    if (chunk.length === 0) return true;
    this.received += chunk.length;
    const { bound, collector } = this;
    if (bound !== null && this.received > bound.limit) return this.refuse(bound.tooLarge);
    if (collector !== null) {
      if (this.received > collector.limit) return this.refuse(collector.tooLarge);
      if (!this.share!.take(chunk.length)) return this.refuse(collector.noRoom);
    }
    const waiting = this.sink === null;
    // A plugin that asked for the body without waiting for it still gets it.
    if (!waiting && collector === null && this.received > KEPT_FOR_RETRY) this.kept = null;
    if (this.kept === null) return this.sink!.writeBody(chunk, false);
    const copy = this.kept.add(chunk);
    if (!waiting) return this.sink!.writeBody(copy, true);
    return collector !== null || this.received < KEPT_FOR_RETRY;
  }

  private refuse(tell: () => void): boolean {
    this.bound = null;
    this.collector = null;
    tell();
    return true;
  }

  /** The body is complete. */
  end(trailers: MessageHead | null): void {
    this.complete = true;
    this.trailers = trailers;
    const collector = this.collector;
    if (collector !== null) {
      this.collector = null;
      collector.resolve(Buffer.concat(this.kept!.pieces));
    }
    this.sink?.endBody(trailers);
  }

  /** Whether more than `limit` bytes are announced, or were received already. */
  exceeds(limit: number): boolean {
    return this.received > limit || this.announced > limit;
  }

  /** Calls `tooLarge`, once, when more than `limit` bytes have come. Of several limits the lowest counts. */
  limit(limit: number, tooLarge: () => void): void {
    if (this.bound === null || limit < this.bound.limit) this.bound = { limit, tooLarge };
  }

  /**
   * Collects the whole body, at most `most` bytes and what there is room for; beyond that it tells so
   * and never settles. One for which there would be no room even alone is too large: a client that
   * comes again would fare no better.
   */
  collect(most: number, room: BodyRoom, failures: CollectingFailures): Promise<Uint8Array> {
    if (this.replacement !== null) return Promise.resolve(this.replacement);
    const limit = Math.min(most, room.size);
    if (this.exceeds(limit)) {
      failures.tooLarge();
      return new Promise(() => {});
    }
    if (this.share === null) {
      this.share = new RoomShare(room);
      if (!this.share.take(this.received)) {
        failures.noRoom();
        return new Promise(() => {});
      }
    }
    if (this.complete) return Promise.resolve(Buffer.concat(this.kept?.pieces ?? []));
    return new Promise((resolve) => (this.collector = { limit, resolve, ...failures }));
  }

  /** Nobody needs it any more: it takes no room. */
  letGo(): void {
    this.share?.letGo();
    this.share = NO_SHARE;
  }

  /** Sends these bytes in place of what the client sent. */
  replace(body: Uint8Array): void {
    this.replacement = body;
    this.kept = new PieceList();
    this.kept.add(body);
  }

  /** Bytes to frame the upstream request with: known, or -1 for a chunked body of unknown length. */
  get length(): number {
    if (this.replacement !== null) return this.replacement.length;
    if (this.announced !== -1) return this.announced;
    // A small chunked body that is complete goes on with its length, as Kong sends it.
    return this.complete && this.kept !== null && this.trailers === null ? this.received : -1;
  }

  /** What can be sent with the head, or null when the beginning is gone and no retry is possible. */
  get beginning(): readonly Buffer[] | null {
    return this.kept?.pieces ?? null;
  }

  /** From now on bytes go to `sink`. The beginning was sent by the caller. */
  attach(sink: BodySink): void {
    this.sink = sink;
    const wanted = this.collector !== null || this.replacement !== null;
    if (this.received > KEPT_FOR_RETRY && !wanted) this.kept = null;
  }

  /** The upstream is gone: bytes are kept again, as far as they can be. */
  detach(): void {
    this.sink = null;
  }
}
