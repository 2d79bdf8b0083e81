import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { LENIENT, readRequests, STRICT, type FoundRequest } from './readers.ts';

/** The field in which the gateway says, and only it can say, which client a request comes from. */
const CLIENT_FIELD = 'x-real-ip';

/** A connection is judged, closed and forgotten after so many bytes, between two requests. */
const LONGEST_RECORD = 64 * 1024;

/**
 * An upstream that answers every request it finds by a strict reading, keeps what it received, and
 * reads it again in other ways in the end.
 */
export class RecordingOrigin {
  readonly port: number;
  /** Requests by the address of the client that the gateway says they come from. */
  readonly byClient = new Map<string, FoundRequest[]>();
  /** What the gateway should never have sent, with the bytes of the connection. */
  readonly problems: string[] = [];
  /** Grows with whatever happens here. */
  activity = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket: Socket) => this.#serve(socket));
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    let text = '';
    let answered = 0;
    let last: FoundRequest | null = null;
    this.#sockets.add(socket);
    const judge = (): void => {
      if (text !== '') this.#judge(text, answered);
      text = '';
      answered = 0;
    };
    socket.on('data', (bytes: Buffer) => {
      this.activity++;
      text += bytes.toString('latin1');
      const { requests } = readRequests(text, STRICT);
      for (const request of requests.slice(answered)) {
        if (!request.complete) break;
        answered++;
        last = request;
        this.#record(request, text);
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      }
      if (text.length > LONGEST_RECORD && last?.end === text.length) {
        judge();
        last = null;
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      judge();
    });
  }

  /** Judges what has come on connections that are still open, by closing them. */
  async settle(): Promise<void> {
    const closing = [...this.#sockets].map(
      (socket) => new Promise((resolve) => socket.once('close', resolve).destroy()),
    );
    await Promise.all(closing);
  }

  #record(request: FoundRequest, text: string): void {
    const client = request.fields.get(CLIENT_FIELD);
    if (client === undefined) this.#problem('holds a request that the gateway did not make', text);
    const known = this.byClient.get(client ?? '') ?? [];
    known.push(request);
    this.byClient.set(client ?? '', known);
  }

  /** @param recorded requests that are known already, from the first on */
  #judge(text: string, recorded: number): void {
    const { requests, clean } = readRequests(text, STRICT);
    if (!clean) this.#problem('is not what a strict server takes', text);
    for (const request of requests.slice(recorded)) this.#record(request, text);
    for (const manner of LENIENT) {
      const other = readRequests(text, manner);
      const { length } = other.requests;
      if (length === requests.length && other.clean) continue;
      const rest = other.clean ? '' : ' and something else';
      this.#problem(
        `is ${requests.length} requests, but ${length}${rest} to a server that reads ${manner.name}`,
        text,
      );
    }
  }

  #problem(what: string, text: string): void {
    this.problems.push(`what the upstream got ${what}:\n  ${JSON.stringify(text)}`);
  }
}

export async function startRecordingOrigin(): Promise<RecordingOrigin> {
  const server = createServer({ noDelay: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new RecordingOrigin(server);
}
