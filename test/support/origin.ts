import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ByteStream, ConnectionEnded, type Ending } from './byte-stream.ts';
import {
  readBody,
  readRequestHead,
  requestFraming,
  type Body,
  type Fields,
  type RequestHead,
} from './http-message.ts';
import { until } from './until.ts';

/** A connection that the origin accepted. */
export class OriginConnection {
  readonly socket: Socket;
  readonly stream: ByteStream;

  constructor(socket: Socket) {
    this.socket = socket;
    this.stream = new ByteStream(socket, { recordLimit: 1 << 18, patience: Infinity });
  }

  /** The exact bytes that came, up to 256 KiB. */
  get received(): Buffer {
    return this.stream.recorded();
  }

  get ending(): Ending | null {
    return this.stream.ending;
  }
}

/** One request at the origin and the means to answer it. */
export class OriginExchange {
  readonly request: RequestHead;
  readonly connection: OriginConnection;
  /** The request's body once it was read. */
  body: Body | null = null;
  #reading: Promise<Body> | null = null;

  constructor(request: RequestHead, connection: OriginConnection) {
    this.request = request;
    this.connection = connection;
  }

  /** The whole body; reading twice gives the same. */
  readBody(): Promise<Body> {
    this.#reading ??= readBody(this.connection.stream, requestFraming(this.request)).then(
      (body) => (this.body = body),
    );
    return this.#reading;
  }

  /** Reads the body without keeping it and returns its length. Content-Length bodies only. */
  async discardBody(): Promise<number> {
    const framing = requestFraming(this.request);
    if (framing.kind !== 'length') throw new Error('discardBody needs a Content-Length');
    let left = framing.length;
    while (left > 0) {
      const part = await this.connection.stream.readSome('body', left);
      if (part === null) break;
      left -= part.length;
    }
    const read = framing.length - left;
    const body = { bytes: Buffer.alloc(0), trailers: [], complete: left === 0, chunks: [] };
    this.#reading = Promise.resolve((this.body = body));
    return read;
  }

  /** Sends bytes as they are; text as latin1. Resolves when the kernel took them. */
  async write(bytes: string | Uint8Array): Promise<void> {
    const { socket } = this.connection;
    if (socket.destroyed) return;
    const room = socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    if (room) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        socket.off('drain', done).off('close', done);
        resolve();
      };
      socket.on('drain', done).on('close', done);
    });
  }

  /** Sends a complete response with Content-Length. */
  send(status: number, body: string | Uint8Array = '', fields: Fields = []): Promise<void> {
    const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
    const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const length = `Content-Length: ${bytes.length}\r\n`;
    const head = Buffer.from(`HTTP/1.1 ${status} Status\r\n${lines}${length}\r\n`, 'latin1');
    return this.write(Buffer.concat([head, bytes]));
  }

  /** Ends the connection with FIN. */
  end(): void {
    this.connection.socket.end();
  }

  /** Ends the connection with RST. */
  reset(): void {
    this.connection.socket.resetAndDestroy();
  }
}

export type OriginHandler = (exchange: OriginExchange) => void | Promise<void>;

/** Answers with a JSON description of the request. */
export async function describeRequest(exchange: OriginExchange): Promise<void> {
  const body = await exchange.readBody();
  const { method, target, version, fields } = exchange.request;
  const text = JSON.stringify({
    method,
    target,
    version,
    fields,
    body: body.bytes.toString('latin1'),
  });
  await exchange.send(200, method === 'HEAD' ? '' : text, [['Content-Type', 'application/json']]);
}

/**
 * An upstream server on raw sockets. It reads requests as strictly as the RFC allows a gateway to
 * write them, and keeps what it saw.
 */
export class Origin {
  readonly port: number;
  /** Requests whose head arrived, in order of arrival. */
  exchanges: OriginExchange[] = [];
  /** Connections accepted since the last reset. */
  connections: OriginConnection[] = [];
  /** Bytes that no gateway should have sent, as errors. */
  problems: Error[] = [];
  handler: OriginHandler = describeRequest;
  readonly #server: Server;
  readonly #open = new Set<OriginConnection>();

  constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket: Socket) => {
      const connection = new OriginConnection(socket);
      this.connections.push(connection);
      this.#open.add(connection);
      socket.on('close', () => this.#open.delete(connection));
      void this.#serve(connection);
    });
  }

  /** Forgets what it saw, closes idle connections and answers with `handler` from now on. */
  async reset(handler: OriginHandler = describeRequest): Promise<void> {
    const open = [...this.#open];
    for (const connection of open) connection.socket.destroy();
    await until('the connections of earlier tests are gone', () => this.#open.size === 0);
    this.handler = handler;
    this.exchanges = [];
    this.connections = [];
    this.problems = [];
  }

  /** The request number `index`, as soon as its head has arrived. */
  async exchange(index = 0): Promise<OriginExchange> {
    return until(`the upstream has request ${index}`, () => this.exchanges[index]);
  }

  get openConnections(): number {
    return this.#open.size;
  }

  async stop(): Promise<void> {
    for (const connection of this.#open) connection.socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(connection: OriginConnection): Promise<void> {
    try {
      for (;;) {
        const head = await readRequestHead(connection.stream);
        if (head === null) {
          connection.socket.end();
          return;
        }
        const exchange = new OriginExchange(head, connection);
        this.exchanges.push(exchange);
        await this.handler(exchange);
        if (connection.socket.writableEnded || connection.socket.destroyed) return;
        const body = await exchange.readBody();
        if (!body.complete) return;
      }
    } catch (error) {
      if (!(error instanceof ConnectionEnded)) this.problems.push(error as Error);
      connection.socket.destroy();
    }
  }
}

/** Starts an origin on a free port of 127.0.0.1. */
export async function startOrigin(handler?: OriginHandler): Promise<Origin> {
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = new Origin(server);
  if (handler) origin.handler = handler;
  return origin;
}
