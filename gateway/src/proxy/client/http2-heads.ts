import type { Limits } from '../../settings/node-settings.ts';
import { FIELDS_END, MessageHead } from '../http1/message-head.ts';
import { INCOMPLETE, RequestHead } from '../http1/request-head.ts';
import type { HeaderField } from '../http2/header-field.ts';
import { HpackDecoder, type FieldSink } from '../http2/hpack-decoder.ts';
import { Http2RequestText, isTrailer } from './http2-request-text.ts';

/** Size of the table for compression: what RFC 9113 begins with. */
const TABLE_SIZE = 4096;
/** Heads kept for further requests. */
const MOST_SPARE = 16;

/** A head that could be decompressed. */
export interface ReadHead {
  readonly head: RequestHead;
  /** 0, or the status of the error that the client gets. */
  readonly status: number;
  /** It breaks the rules of HTTP/2: there is no response to it. */
  readonly malformed: boolean;
}

/** Room for heads as text; grows to what the longest needed. One for all connections of a thread. */
let room = Buffer.allocUnsafeSlow(16 * 1024);

function bytesOf(text: string): number {
  if (room.length < text.length) room = Buffer.allocUnsafeSlow(text.length * 2);
  return room.write(text, 0, 'latin1');
}

/** Reads the compressed heads of one connection, which build on one another. */
export class Http2Heads {
  private readonly limits: Limits;
  private readonly decoder = new HpackDecoder(TABLE_SIZE);
  private readonly request: Http2RequestText;
  private readonly spare: RequestHead[] = [];
  /** The block that was read last and its text: clients send the same one over and over. */
  private block: Buffer | null = null;
  private version = -1;
  private text = '';

  constructor(limits: Limits) {
    this.limits = limits;
    this.request = new Http2RequestText(limits.head + limits.requestLine);
  }

  /** @returns null when nothing more on the connection can be decompressed */
  readRequest(bytes: Buffer, start: number, end: number): ReadHead | null {
    const { request } = this;
    if (!this.isKnown(bytes, start, end)) {
      const before = this.decoder.version;
      request.clear();
      if (!this.decoder.decode(bytes, start, end, request)) return null;
      this.text = request.tooLong ? '' : request.finish();
      const steady = this.decoder.version === before && !request.malformed && !request.tooLong;
      this.remember(steady ? Buffer.from(bytes.subarray(start, end)) : null);
    }
    const head = this.spare.pop() ?? new RequestHead();
    if (request.malformed || request.tooLong) {
      head.clear();
      return { head, status: request.malformed ? 400 : 431, malformed: request.malformed };
    }
    const length = bytesOf(this.text);
    const outcome = head.parse(room, 0, length, this.limits);
    return { head, status: outcome === INCOMPLETE ? 400 : outcome, malformed: false };
  }

  /**
   * Reads what stands behind a body.
   *
   * @returns the fields, null when they break the rules, or undefined as for `readRequest` null
   */
  readTrailers(bytes: Buffer, start: number, end: number): MessageHead | null | undefined {
    const { limits } = this;
    const trailers = new TrailerText(limits.head);
    if (!this.decoder.decode(bytes, start, end, trailers)) return undefined;
    if (trailers.malformed) return null;
    const text = `${trailers.lines}\r\n`;
    const length = bytesOf(text);
    const head = new MessageHead();
    const outcome = head.parseFields(text, room, 0, 0, length, limits.fields, limits.field);
    return outcome === FIELDS_END ? head : null;
  }

  /** A head that is no longer used. */
  recycle(head: RequestHead): void {
    if (this.spare.length < MOST_SPARE) this.spare.push(head);
  }

  private isKnown(bytes: Buffer, start: number, end: number): boolean {
    const { block } = this;
    return (
      block !== null &&
      this.version === this.decoder.version &&
      block.length === end - start &&
      block.compare(bytes, start, end) === 0
    );
  }

  private remember(block: Buffer | null): void {
    this.block = block;
    this.version = this.decoder.version;
  }
}

class TrailerText implements FieldSink {
  lines = '';
  malformed = false;
  private readonly longest: number;

  constructor(longest: number) {
    this.longest = longest;
  }

  onField(field: HeaderField): void {
    // A field of the table could come again for each byte: it is not looked at any more.
    if (this.malformed) return;
    const { name, value } = field;
    if (!isTrailer(field) || this.lines.length > this.longest) this.malformed = true;
    else this.lines += `${name}: ${value}\r\n`;
  }
}
