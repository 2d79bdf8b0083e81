import { ANSWERS, type Answer } from './answers.ts';
import type { HttpExchange } from './exchange.ts';
import { isHostField, splitHost } from './http1/host-field.ts';
import * as known from './http1/known-fields.ts';
import { normalisePath } from './router/path.ts';
import { splitTarget, type TargetParts } from './router/target.ts';

const parts: TargetParts = { path: '', query: '', authority: null };

/**
 * Works out what the request is for and whom it comes from, before anything is looked up.
 *
 * @returns the answer for a request that cannot be taken, or null
 */
export function prepareRequest(ex: HttpExchange): Answer | null {
  const { head, downstream, thread } = ex;
  if (head.method === 'TRACE' || head.method === 'CONNECT') return ANSWERS.method_not_allowed;
  if (!splitTarget(head.target, parts)) return ANSWERS.bad_request;
  const path = normalisePath(parts.path);
  if (path === null) return ANSWERS.bad_request;
  const authority = parts.authority;
  if (authority !== null && !isHostField(authority)) return ANSWERS.bad_request;
  ex.rawPath = parts.path;
  ex.search = parts.query;
  ex.path = path;
  if (authority === null) setHost(ex, head.host, head.hostName, head.hostPort);
  else {
    const { name, port } = splitHost(authority);
    setHost(ex, authority, name, port);
  }
  ex.trusted = downstream.trusted;
  if (ex.trusted) {
    const values = ex.headerValues(thread.settings.realIpHeader);
    ex.clientIp = thread.clientAddress.clientIp(
      downstream.peerIp,
      values.length === 0 ? undefined : values.join(','),
    );
    if (head.known(known.X_FORWARDED_PROTO)?.toLowerCase() === 'https') ex.scheme = 'https';
  }
  return null;
}

function setHost(ex: HttpExchange, field: string, name: string, port: number): void {
  ex.hostHeader = field;
  ex.host = name;
  ex.port = port === -1 ? ex.downstream.localPort : port;
}
