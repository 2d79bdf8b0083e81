import { HEAD_COMPLETE, HEAD_INCOMPLETE } from '../../gateway/src/proxy/http1/response-head.ts';
import { ResponseHead } from '../../gateway/src/proxy/http1/response-head.ts';
import { BodyReader } from '../../gateway/src/proxy/http1/body-reader.ts';
import { beginResponseBody } from '../../gateway/src/proxy/http1/response-body.ts';
import { fieldsOf } from './our-requests.ts';
import type { Read, Reading } from './reading.ts';

/** Reads the responses to one request, interim ones included, as an upstream connection does. */
class OurResponses {
  readonly reading: Reading = { messages: [], end: 'open' };
  readonly #method: string;
  readonly #head = new ResponseHead();
  readonly #body = new BodyReader();
  #waiting: Buffer = Buffer.alloc(0);
  #current: Read | null = null;
  #pieces: Buffer[] = [];

  constructor(method: string) {
    this.#method = method;
  }

  push(bytes: Buffer): void {
    if (this.reading.end !== 'open') return;
    const all = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes]);
    let position = 0;
    while (position < all.length && this.reading.end === 'open') {
      const next =
        this.#current === null ? this.#readHead(all, position) : this.#readBody(all, position);
      if (next === position) break;
      position = next;
    }
    this.#waiting = all.subarray(position);
  }

  /** The upstream ends the connection. */
  finish(): Reading {
    const { reading } = this;
    if (reading.end === 'open') {
      if (this.#current !== null && this.#body.untilClose) this.#end();
      else this.#refuse('cut');
    }
    if (this.#current !== null) this.#current.body = Buffer.concat(this.#pieces);
    return reading;
  }

  #readHead(all: Buffer, position: number): number {
    const head = this.#head;
    const outcome = head.parse(all, position, all.length);
    if (outcome === HEAD_INCOMPLETE) return position;
    if (outcome !== HEAD_COMPLETE || head.status === 101) {
      this.#refuse('head');
      return all.length;
    }
    const message: Read = {
      first: String(head.status),
      second: head.reason,
      minor: head.minor,
      fields: fieldsOf(head),
      body: Buffer.alloc(0),
      complete: head.status < 200,
      trailers: [],
    };
    this.reading.messages.push(message);
    if (head.status >= 200) {
      this.#current = message;
      beginResponseBody(this.#body, head, this.#method);
      if (this.#body.done) this.#end();
    }
    return position + head.end;
  }

  #readBody(all: Buffer, position: number): number {
    const body = this.#body;
    const next = body.next(all, position, all.length);
    if (next === -1) {
      this.#refuse('body');
      return all.length;
    }
    this.#pieces.push(all.subarray(body.dataStart, body.dataEnd));
    if (body.done) this.#end();
    return next;
  }

  #end(): void {
    const message = this.#current!;
    message.body = Buffer.concat(this.#pieces);
    message.complete = true;
    if (this.#body.trailers !== null) message.trailers = fieldsOf(this.#body.trailers);
    this.#current = null;
    this.reading.end = 'closed';
  }

  #refuse(reason: string): void {
    this.reading.end = 'refused';
    this.reading.reason = reason;
  }
}

/**
 * @param method of the request that is answered
 * @param pieces what each read brings; then the connection ends
 */
export function readResponsesAsGateway(method: string, pieces: readonly Buffer[]): Reading {
  const reader = new OurResponses(method);
  // Copies: the gateway's reader moves data about in the buffer that it reads from.
  for (const piece of pieces) reader.push(Buffer.from(piece));
  return reader.finish();
}
