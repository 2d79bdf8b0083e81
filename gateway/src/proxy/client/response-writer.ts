import { KeptText } from '../../kept-text.ts';
import type { CopyPool } from '../copy-pool.ts';
import type { HttpExchange } from '../exchange/exchange.ts';
import type { ClientWire } from '../socket/client-wire.ts';

/** Bodies up to this length are appended to the head and go out in one write, bytes. */
const SMALL = 16 * 1024;

/** Frames responses for one client connection: RFC 9112 sections 6 and 7. */
export class ResponseWriter {
  /** The connection can be used again after the current response. */
  reusable = false;
  /** Only the end of the connection ends the current body: HTTP/1.0 and no length. */
  endsWithConnection = false;
  private readonly socket: ClientWire;
  private readonly copies: CopyPool;
  private exchange: HttpExchange | null = null;
  private chunked = false;
  private bodiless = false;

  constructor(socket: ClientWire, copies: CopyPool) {
    this.socket = socket;
    this.copies = copies;
  }

  /** Sends a head, with the first bytes of the body; see `Downstream.sendHead`. */
  begin(
    exchange: HttpExchange,
    status: number,
    reason: string,
    lines: string,
    length: number,
    reusable: boolean,
    body: Uint8Array | string | null,
    last: boolean,
  ): void {
    this.exchange = exchange;
    this.chunked = false;
    this.endsWithConnection = false;
    const noBody = status === 204 || status === 304 || status === 101;
    this.bodiless = noBody || exchange.method === 'HEAD';
    const { minor } = exchange.head;
    let persistent = reusable;
    if (length === -1 && !this.bodiless) {
      if (minor === 0) {
        persistent = false;
        this.endsWithConnection = true;
      } else this.chunked = true;
    }
    this.reusable = persistent;
    // A 304 may tell the length that a 200 would have had; a 204 has none.
    const told = !noBody || (status === 304 && length > 0) ? length : -1;
    const plain = persistent && minor === 1 && told !== -1;
    const end = plain ? this.lengthEnd(told) : this.framing(status, told, persistent, minor);
    const head = this.statusLineOf(status, reason) + lines + end;
    if (this.bodiless || body === null || body.length === 0) {
      this.text(last && this.chunked ? `${head}0\r\n\r\n` : head);
    } else if (typeof body !== 'string') this.beginWithBytes(head, body, last);
    else if (!this.chunked) this.text(head + body);
    else this.text(head + this.chunk(body, last));
  }

  private status = 0;
  private reason = '';
  private readonly statusLine = new KeptText();
  private length = -1;
  private readonly lengthLine = new KeptText();

  private statusLineOf(status: number, reason: string): string {
    if (status === this.status && reason === this.reason) return this.statusLine.again();
    this.status = status;
    this.reason = reason;
    return this.statusLine.set(`HTTP/1.1 ${status} ${reason}\r\n`);
  }

  /** The end of most heads: a length, and a connection that goes on. */
  private lengthEnd(length: number): string {
    if (length === this.length) return this.lengthLine.again();
    this.length = length;
    return this.lengthLine.set(`Content-Length: ${length}\r\n\r\n`);
  }

  /** The end of any head. @param length to be told, or -1 */
  private framing(status: number, length: number, persistent: boolean, minor: number): string {
    let lines = length === -1 ? '' : `Content-Length: ${length}\r\n`;
    if (this.chunked) lines = 'Transfer-Encoding: chunked\r\n';
    if (status !== 101) {
      if (!persistent) lines += 'Connection: close\r\n';
      else if (minor === 0) lines += 'Connection: keep-alive\r\n';
    }
    return `${lines}\r\n`;
  }

  private chunk(data: string, last: boolean): string {
    return `${data.length.toString(16)}\r\n${data}${last ? '\r\n0\r\n\r\n' : '\r\n'}`;
  }

  private beginWithBytes(head: string, body: Uint8Array, last: boolean): void {
    const bytes = body as Buffer;
    if (bytes.length <= SMALL) {
      const text = bytes.toString('latin1');
      this.text(head + (this.chunked ? this.chunk(text, last) : text));
      return;
    }
    this.socket.cork();
    this.text(head);
    this.write(bytes);
    if (last && this.chunked) this.text('0\r\n\r\n');
    this.socket.uncork();
  }

  /** @returns false when the client does not keep up */
  write(chunk: Uint8Array): boolean {
    if (this.bodiless || chunk.length === 0) return true;
    const length = chunk.length;
    if (!this.chunked) {
      this.count(length);
      return this.copies.write(this.socket, chunk);
    }
    if (length <= SMALL) {
      const text = Buffer.from(chunk.buffer, chunk.byteOffset, length).toString('latin1');
      return this.text(this.chunk(text, false));
    }
    this.socket.cork();
    this.text(`${length.toString(16)}\r\n`);
    this.count(length);
    this.copies.write(this.socket, chunk);
    const more = this.text('\r\n');
    this.socket.uncork();
    return more;
  }

  /** Ends the body. @param trailers field lines, each ending in CRLF, or empty */
  end(trailers: string): void {
    if (this.chunked) this.text(`0\r\n${trailers}\r\n`);
  }

  private text(text: string): boolean {
    this.count(text.length);
    return this.socket.writeText(text);
  }

  private count(bytes: number): void {
    this.exchange!.bytesOut += bytes;
  }
}
