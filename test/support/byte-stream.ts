import type { Socket } from 'node:net';
import { within } from './until.ts';

/** How a connection ended: with FIN, or with RST or another socket error. */
export type Ending = 'closed' | 'reset';

/** The peer ended the connection before the bytes that a reader waited for had come. */
export class ConnectionEnded extends Error {
  readonly ending: Ending;
  /** What had come of the awaited bytes. */
  readonly partial: Buffer;

  constructor(what: string, ending: Ending, partial: Buffer) {
    super(`Connection ${ending} while waiting for ${what}; got ${show(partial)}`);
    this.ending = ending;
    this.partial = partial;
  }
}

/** The peer sent bytes that no RFC allows. */
export class ProtocolViolation extends Error {}

/** Bytes as a test failure shows them. */
export function show(bytes: Buffer | string): string {
  const text = typeof bytes === 'string' ? bytes : bytes.toString('latin1');
  return JSON.stringify(text.length > 400 ? `${text.slice(0, 400)}… (${text.length} bytes)` : text);
}

const highWater = 1 << 20;

/**
 * Reads a socket piece by piece. Buffers at most about 1 MiB that nobody asked for, then lets the
 * peer wait.
 */
export class ByteStream {
  readonly socket: Socket;
  /** Bytes received so far. */
  total = 0;
  /** How the connection ended; `null` while it is open. */
  ending: Ending | null = null;
  readonly #record: Buffer[] = [];
  readonly #recordLimit: number;
  #recorded = 0;
  #chunks: Buffer[] = [];
  #size = 0;
  #wake: (() => void) | null = null;

  /** How long a read waits for bytes, ms. */
  readonly #patience: number;

  /**
   * @param options.recordLimit first bytes of the connection that are kept for `recorded()`.
   * @param options.patience how long a read waits for bytes before it fails, ms.
   */
  constructor(socket: Socket, options: { recordLimit?: number; patience?: number } = {}) {
    this.socket = socket;
    this.#recordLimit = options.recordLimit ?? 0;
    this.#patience = options.patience ?? 10_000;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('end', () => this.#end('closed'));
    socket.on('error', () => this.#end('reset'));
    socket.on('close', () => this.#end('closed'));
  }

  /** The first bytes of the connection, whether they were read or not. */
  recorded(): Buffer {
    return Buffer.concat(this.#record);
  }

  /** Bytes that came and were not read. */
  get unread(): number {
    return this.#size;
  }

  /** Bytes up to the next CRLF, without it. A lone CR or LF is a violation. */
  async readLine(what: string, limit = 1 << 20): Promise<string> {
    let line = '';
    for (;;) {
      // One chunk at a time: what follows the line may be a megabyte of body.
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        const lf = chunk.indexOf(10);
        const end = lf < 0 ? chunk.length : lf + 1;
        line += chunk.toString('latin1', 0, end);
        if (end < chunk.length) this.#chunks.unshift(chunk.subarray(end));
        this.#size -= end;
        if (lf < 0) continue;
        line = line.slice(0, -1);
        if (!line.endsWith('\r')) throw new ProtocolViolation(`bare LF in ${what}: ${show(line)}`);
        line = line.slice(0, -1);
        if (line.includes('\r')) throw new ProtocolViolation(`bare CR in ${what}: ${show(line)}`);
        return line;
      }
      if (line.length > limit) throw new ProtocolViolation(`${what} is longer than ${limit} bytes`);
      if (!(await this.#more(what))) {
        throw new ConnectionEnded(what, this.ending ?? 'closed', Buffer.from(line, 'latin1'));
      }
    }
  }

  async readBytes(count: number, what: string): Promise<Buffer> {
    while (this.#size < count) {
      if (!(await this.#more(what))) {
        throw new ConnectionEnded(what, this.ending ?? 'closed', this.#shift(this.#size));
      }
    }
    return this.#shift(count);
  }

  /** Whatever has come, at least one byte and at most `limit`; `null` when the connection ended. */
  async readSome(what: string, limit = Infinity): Promise<Buffer | null> {
    if (this.#size === 0 && !(await this.#more(what))) return null;
    return this.#shift(Math.min(limit, this.#size));
  }

  /** Everything until the peer ends the connection. */
  async readToEnd(what: string): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (;;) {
      const part = await this.readSome(what);
      if (part === null) return Buffer.concat(parts);
      parts.push(part);
    }
  }

  /** Waits for the end of the connection; bytes before it are a violation. */
  async readEnding(patience?: number): Promise<Ending> {
    const what = 'the end of the connection';
    if (this.#size > 0 || (await this.#more(what, patience))) {
      const rest = this.#shift(this.#size);
      throw new ProtocolViolation(`unexpected bytes before the end: ${show(rest)}`);
    }
    return this.ending ?? 'closed';
  }

  #take(chunk: Buffer): void {
    this.total += chunk.length;
    if (this.#recorded < this.#recordLimit) {
      // Copied: a small piece of a large read would otherwise keep all of it.
      const kept = Buffer.from(chunk.subarray(0, this.#recordLimit - this.#recorded));
      this.#record.push(kept);
      this.#recorded += kept.length;
    }
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size >= highWater && this.#wake === null) this.socket.pause();
    this.#notify();
  }

  #end(ending: Ending): void {
    this.ending ??= ending;
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }

  /** Waits for further bytes; false when there will be none. */
  async #more(what: string, patience = this.#patience): Promise<boolean> {
    const before = this.total;
    if (this.ending === null) {
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      this.socket.resume();
      await within(what, woken, patience);
    }
    return this.total > before;
  }

  #shift(count: number): Buffer {
    if (count === 0) return Buffer.alloc(0);
    const all = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    this.#chunks = all.length > count ? [all.subarray(count)] : [];
    this.#size = all.length - count;
    return all.subarray(0, count);
  }
}
