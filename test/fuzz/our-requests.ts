import { BodyReader } from '../../gateway/src/proxy/http1/body-reader.ts';
import { isHostField } from '../../gateway/src/proxy/http1/host-field.ts';
import type { MessageHead } from '../../gateway/src/proxy/http1/message-head.ts';
import { INCOMPLETE, RequestHead } from '../../gateway/src/proxy/http1/request-head.ts';
import { normalisePath } from '../../gateway/src/proxy/router/path.ts';
import { splitTarget } from '../../gateway/src/proxy/router/target.ts';
import type { Limits } from '../../gateway/src/settings/node-settings.ts';
import type { Read, Reading } from './reading.ts';

export const LIMITS: Limits = {
  requestLine: 8192,
  head: 32_768,
  field: 32_768,
  fields: 100,
  headStatus: 431,
  body: 0,
};

const parts = { path: '', query: '', authority: null as string | null };

/** Reads requests as a client connection of the gateway does, however the bytes come. */
class OurRequests {
  readonly reading: Reading = { messages: [], end: 'open' };
  readonly #head = new RequestHead();
  readonly #body = new BodyReader();
  #waiting: Buffer = Buffer.alloc(0);
  #current: Read | null = null;
  #pieces: Buffer[] = [];

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

  finish(): Reading {
    if (this.#current !== null) this.#current.body = Buffer.concat(this.#pieces);
    return this.reading;
  }

  #readHead(all: Buffer, from: number): number {
    let position = from;
    while (all[position] === 13 && position + 1 < all.length) {
      if (all[position + 1] !== 10) break;
      position += 2;
    }
    if (position === all.length || (all[position] === 13 && position + 1 === all.length)) {
      return position;
    }
    const head = this.#head;
    const status = head.parse(all, position, all.length, LIMITS);
    if (status === INCOMPLETE) return from;
    const refusal = status === 0 ? refusalOf(head) : String(status);
    if (refusal !== null) {
      this.#refuse(refusal);
      return all.length;
    }
    this.#begin(head);
    return position + head.end;
  }

  #begin(head: RequestHead): void {
    const message: Read = {
      first: head.method,
      second: head.target,
      minor: head.minor,
      fields: fieldsOf(head),
      body: Buffer.alloc(0),
      complete: false,
      trailers: [],
    };
    this.reading.messages.push(message);
    this.#current = message;
    this.#pieces = [];
    if (head.chunked) this.#body.beginChunked();
    else this.#body.beginLength(Math.max(0, head.contentLength));
    if (this.#body.done) this.#end();
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
    if (!this.#head.keepAlive) this.reading.end = 'closed';
  }

  #refuse(reason: string): void {
    this.reading.end = 'refused';
    this.reading.reason = reason;
  }
}

export function fieldsOf(head: MessageHead): [string, string][] {
  return Array.from({ length: head.count }, (_, i) => [head.name(i).toLowerCase(), head.value(i)]);
}

/** What the gateway refuses before it looks for a route. */
function refusalOf(head: RequestHead): string | null {
  if (head.method === 'TRACE' || head.method === 'CONNECT') return 'method';
  if (!splitTarget(head.target, parts)) return 'target';
  if (normalisePath(parts.path) === null) return 'path';
  if (parts.authority !== null && !isHostField(parts.authority)) return 'authority';
  return null;
}

/** @param pieces what each read brings */
export function readAsGateway(pieces: readonly Buffer[]): Reading {
  const reader = new OurRequests();
  // Copies: the gateway's reader moves data about in the buffer that it reads from.
  for (const piece of pieces) reader.push(Buffer.from(piece));
  return reader.finish();
}
