import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** How a client of HTTP may reach a gateway. */
export const PROTOCOLS = ['HTTP/1.1', 'HTTPS', 'h2c', 'h2'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** For a gateway that takes all of them: first without TLS, then with. */
export const ALL_PROTOCOLS = '127.0.0.1:0 http2,127.0.0.1:0 ssl http2';

/** An answer whose head has arrived. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<http.IncomingHttpHeaders>;
  readonly body: Readable;
  /** The whole body. */
  text(): Promise<string>;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Gives the request up when it is aborted. */
  readonly signal?: AbortSignal;
}

/**
 * Sends one request on a connection of its own, which ends with the body of the answer.
 *
 * @param ports of a gateway that listens on `ALL_PROTOCOLS`; its certificate is not looked at
 */
export function ask(
  protocol: Protocol,
  ports: readonly number[],
  path: string,
  wish: Ask = {},
): Promise<Answer> {
  const port = ports[protocol === 'HTTP/1.1' || protocol === 'h2c' ? 0 : 1]!;
  return protocol === 'HTTP/1.1' || protocol === 'HTTPS'
    ? askHttp1(protocol, port, path, wish)
    : askHttp2(protocol, port, path, wish);
}

async function askHttp1(
  protocol: Protocol,
  port: number,
  path: string,
  { method = 'GET', headers = {}, body, signal }: Ask,
): Promise<Answer> {
  const options = { host: '127.0.0.1', port, path, method, headers, agent: false, signal };
  const request =
    protocol === 'HTTPS'
      ? https.request({ ...options, rejectUnauthorized: false, servername: 'gateway.test' })
      : http.request(options);
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: response,
    text: () => text(response),
  };
}

async function askHttp2(
  protocol: Protocol,
  port: number,
  path: string,
  { method = 'GET', headers = {}, body, signal }: Ask,
): Promise<Answer> {
  const scheme = protocol === 'h2' ? 'https' : 'http';
  const session = http2.connect(`${scheme}://127.0.0.1:${port}`, {
    rejectUnauthorized: false,
    servername: 'gateway.test',
  });
  // Whatever goes wrong with it, the stream tells.
  session.on('error', () => undefined);
  const head = { ...headers, ':method': method, ':path': path };
  const stream = session.request(head, {
    endStream: body === undefined,
    ...(signal === undefined ? {} : { signal }),
  });
  stream.on('close', () => session.close());
  if (body !== undefined) stream.end(body);
  const [got] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
  return { status: Number(got[':status']), headers: got, body: stream, text: () => text(stream) };
}
