import net from 'node:net';
import { within } from '../support/until.ts';

/** What a client begins with. */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
const SETTINGS = 4;
const GOAWAY = 7;
const FRAME_HEADER = 9;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** A number of four bytes. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Any frame of HTTP/2, right or wrong. */
export function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(FRAME_HEADER);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** A client of HTTP/2 that sends the frames that it is told to, and keeps those that come back. */
export class FrameClient {
  readonly frames: Frame[] = [];
  ended = false;
  readonly #socket: net.Socket;
  readonly #end = Promise.withResolvers<void>();
  #bytes = Buffer.alloc(0);

  constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('error', () => undefined);
    socket.on('end', () => this.#onEnd());
    socket.on('close', () => this.#onEnd());
  }

  /** Resolves when the system has taken the bytes, or the connection is over. */
  async send(bytes: Buffer): Promise<void> {
    if (this.ended) return;
    await new Promise<void>((resolve) => this.#socket.write(bytes, () => resolve()));
  }

  /** Waits for the end of the connection. @returns the code of its GOAWAY; -1 when it had none */
  async goaway(): Promise<number> {
    await within('the end of the connection', this.#end.promise);
    const last = this.frames.findLast(({ type }) => type === GOAWAY);
    return last === undefined ? -1 : last.payload.readUInt32BE(4);
  }

  /** Leaves what comes to the system, as far as that keeps it. */
  stopReading(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#socket.destroy();
  }

  #onEnd(): void {
    this.ended = true;
    this.#end.resolve();
    this.#socket.destroy();
  }

  #onData(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    while (this.#bytes.length >= FRAME_HEADER) {
      const length = this.#bytes.readUIntBE(0, 3);
      if (this.#bytes.length < FRAME_HEADER + length) return;
      this.frames.push({
        type: this.#bytes[3]!,
        flags: this.#bytes[4]!,
        stream: this.#bytes.readUInt32BE(5),
        payload: this.#bytes.subarray(FRAME_HEADER, FRAME_HEADER + length),
      });
      this.#bytes = this.#bytes.subarray(FRAME_HEADER + length);
    }
  }
}

/** Connects, and sends the preface and empty settings. */
export async function connectFrames(port: number): Promise<FrameClient> {
  const socket = net.connect(port, '127.0.0.1');
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  const client = new FrameClient(socket);
  await client.send(Buffer.concat([PREFACE, frame(SETTINGS, 0, 0, Buffer.alloc(0))]));
  return client;
}
