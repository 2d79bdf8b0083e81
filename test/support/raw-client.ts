import { connect as connectSocket, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { ByteStream, ProtocolViolation, type Ending } from './byte-stream.ts';
import {
  readBody,
  readResponseHead,
  responseFraming,
  type Body,
  type ResponseHead,
} from './http-message.ts';

export interface Response extends ResponseHead {
  readonly body: Body;
  /** The body as latin1 text. */
  readonly text: string;
  /** Interim responses (1xx) that came before. */
  readonly interim: readonly ResponseHead[];
}

/** A client that sends exactly the bytes it is told to and believes nothing. */
export class RawClient {
  readonly socket: Socket;
  readonly stream: ByteStream;

  constructor(socket: Socket) {
    this.socket = socket;
    this.stream = new ByteStream(socket);
    socket.setNoDelay(true);
  }

  /** Sends bytes; text goes out as latin1. */
  send(bytes: string | Uint8Array): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** Sends each piece in a packet of its own. */
  async sendPieces(pieces: Iterable<string | Uint8Array>): Promise<void> {
    for (const piece of pieces) {
      this.send(piece);
      await turn();
    }
  }

  /** Says that nothing more will be sent (FIN), and goes on reading. */
  end(): void {
    this.socket.end();
  }

  /** Breaks the connection with RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  close(): void {
    this.socket.destroy();
  }

  /** The next response head, which may be an interim one. */
  async head(): Promise<ResponseHead> {
    const head = await readResponseHead(this.stream);
    if (head === null) throw new Error(`Connection ${this.stream.ending} before a response`);
    return head;
  }

  /** The body that belongs to `head`. @param method of the request that it answers. */
  body(head: ResponseHead, method = 'GET'): Promise<Body> {
    return readBody(this.stream, responseFraming(head, method));
  }

  /** The next final response with its body. @param method of the request that it answers. */
  async response(method = 'GET'): Promise<Response> {
    const interim: ResponseHead[] = [];
    for (;;) {
      const head = await this.head();
      if (head.status >= 200) {
        const body = await this.body(head, method);
        return { ...head, body, text: body.bytes.toString('latin1'), interim };
      }
      if (head.status === 101) throw new ProtocolViolation('101 where nothing was to be upgraded');
      responseFraming(head, method);
      interim.push(head);
    }
  }

  /** Sends a request and reads its response. The method is taken from the request line. */
  request(bytes: string): Promise<Response> {
    this.send(bytes);
    return this.response(bytes.slice(0, bytes.indexOf(' ')));
  }

  /** Waits until the peer ends the connection; further bytes fail the test. */
  ending(patience?: number): Promise<Ending> {
    return this.stream.readEnding(patience);
  }
}

export interface ConnectOptions {
  /** Keep the writable side open after the peer's FIN. */
  readonly allowHalfOpen?: boolean;
  readonly host?: string;
}

/** Connects to `port`. The caller closes the client. */
export async function connect(port: number, options: ConnectOptions = {}): Promise<RawClient> {
  const socket = connectSocket({ port, host: '127.0.0.1', allowHalfOpen: true, ...options });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return new RawClient(socket);
}

/** One request on a connection of its own. */
export async function fetchOnce(port: number, bytes: string): Promise<Response> {
  const client = await connect(port);
  try {
    return await client.request(bytes);
  } finally {
    client.close();
  }
}
