import { hostname } from 'node:os';
import type { Exchange } from '../../plugin/plugin.ts';

/** Bodies up to this size are told; longer ones are answered with 413. Bytes. */
const BODY_LIMIT = 1024 * 1024;

/** What the gateway made of a request, in the shape of Kong's echo. */
export async function echoOf(ex: Exchange, message: string | undefined): Promise<object> {
  const { request } = ex;
  const body = request.hasBody ? await request.body(BODY_LIMIT) : new Uint8Array();
  return {
    message,
    matched_route: ex.route === null ? undefined : { id: ex.route.id, name: ex.route.name },
    matched_service:
      ex.service === null
        ? undefined
        : { id: ex.service.id, name: ex.service.name, host: ex.service.host },
    kong: { hostname: hostname(), worker_pid: process.pid },
    request: {
      scheme: request.scheme,
      host: request.host,
      port: ex.connection.localPort,
      method: request.method,
      path: request.path,
      query: gather(new URLSearchParams(request.query)),
      headers: gather(request.headers().map(([name, value]) => [name.toLowerCase(), value])),
      raw_body: Buffer.from(body).toString('utf8'),
    },
  };
}

/** One value as it is, several of one name as a list. */
function gather(pairs: Iterable<readonly [string, string]>): Record<string, string | string[]> {
  const lists = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const list = lists.get(name);
    if (list === undefined) lists.set(name, [value]);
    else list.push(value);
  }
  return Object.fromEntries(
    [...lists].map(([name, list]) => [name, list.length === 1 ? (list[0] ?? '') : list]),
  );
}
