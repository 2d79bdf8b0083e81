import { BodyReader } from '../../gateway/src/proxy/http1/body-reader.ts';
import type { MessageHead } from '../../gateway/src/proxy/http1/message-head.ts';
import type { Read, Reading } from './reading.ts';

/** Reads messages as connections of the gateway do, however the bytes come. */
export abstract class OurReader {
  readonly reading: Reading = { messages: [], end: 'open' };
  protected readonly body = new BodyReader();
  /** The message whose body is arriving. */
  protected current: Read | null = null;
  #waiting: Buffer = Buffer.alloc(0);
  #pieces: Buffer[] = [];

  /**
   * Reads a head, and begins its body.
   *
   * @returns where it ends, or `position` when it has not arrived completely
   */
  protected abstract readHead(all: Buffer, position: number): number;
  /** A message is complete. @returns whether another may follow */
  protected abstract isFollowed(): boolean;

  push(bytes: Buffer): void {
    if (this.reading.end !== 'open') return;
    const all = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes]);
    let position = 0;
    while (position < all.length && this.reading.end === 'open') {
      const next =
        this.current === null ? this.readHead(all, position) : this.#readBody(all, position);
      if (next === position) break;
      position = next;
    }
    this.#waiting = all.subarray(position);
  }

  /** What was read, where nothing more comes. */
  finish(): Reading {
    if (this.current !== null) this.current.body = Buffer.concat(this.#pieces);
    return this.reading;
  }

  /** A head has arrived. @param started whether a body was begun that belongs to it */
  protected begin(
    head: MessageHead,
    about: Pick<Read, 'first' | 'second' | 'minor'>,
    started: boolean,
  ): void {
    const { first, second, minor } = about;
    const message: Read = {
      ...{ first, second, minor, fields: fieldsOf(head), body: Buffer.alloc(0) },
      complete: !started,
      trailers: [],
    };
    this.reading.messages.push(message);
    if (!started) return;
    this.current = message;
    this.#pieces = [];
    if (this.body.done) this.end();
  }

  protected end(): void {
    const message = this.current!;
    message.body = Buffer.concat(this.#pieces);
    message.complete = true;
    if (this.body.trailers !== null) message.trailers = fieldsOf(this.body.trailers);
    this.current = null;
    if (!this.isFollowed()) this.reading.end = 'closed';
  }

  protected refuse(reason: string): void {
    this.reading.end = 'refused';
    this.reading.reason = reason;
  }

  #readBody(all: Buffer, position: number): number {
    const { body } = this;
    const next = body.next(all, position, all.length);
    if (next === -1) {
      this.refuse('body');
      return all.length;
    }
    this.#pieces.push(all.subarray(body.dataStart, body.dataEnd));
    if (body.done) this.end();
    return next;
  }
}

/** @param pieces what each read brings */
export function readWith(reader: OurReader, pieces: readonly Buffer[]): Reading {
  // Copies: the gateway's reader moves data about in the buffer that it reads from.
  for (const piece of pieces) reader.push(Buffer.from(piece));
  return reader.finish();
}

function fieldsOf(head: MessageHead): [string, string][] {
  return Array.from({ length: head.count }, (_, i) => [head.name(i).toLowerCase(), head.value(i)]);
}
