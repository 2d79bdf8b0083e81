import { ANSWERS, type Answer } from './answers.ts';
import type { HttpExchange } from './exchange/exchange.ts';
import { isHostField, splitHost } from './http1/host-field.ts';
import * as known from './http1/known-fields.ts';
import { normalisePath } from './router/path.ts';
import { splitTarget, type TargetParts } from './router/target.ts';

const SLASH = 47;

const parts: TargetParts = { path: '', query: '', authority: null };

/**
 * Works out what the request is for and whom it comes from, before anything is looked up.
 *
 * @returns the answer for a request that cannot be taken, or null
 */
export function prepareRequest(ex: HttpExchange): Answer | null {
  const { head, downstream, thread } = ex;
  if (head.method === 'TRACE' || head.method === 'CONNECT') return ANSWERS.method_not_allowed;
  const { target } = head;
  if (head.plainLine !== null && target.charCodeAt(0) === SLASH && !target.includes('//')) {
    ex.rawPath = ex.path = target;
    setHost(ex, head.host, head.hostName, head.hostPort);
  } else if (!takeApart(ex, target)) return ANSWERS.bad_request;
  const { tls } = downstream;
  if (tls !== null && thread.clientAsking.isEvadedBy(tls.listen, ex.host, tls.clientAsked)) {
    return ANSWERS.misdirected;
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

/** @returns whether `target` is one that can be taken */
function takeApart(ex: HttpExchange, target: string): boolean {
  if (!splitTarget(target, parts)) return false;
  const path = normalisePath(parts.path);
  if (path === null) return false;
  const { authority } = parts;
  if (authority !== null && !isHostField(authority)) return false;
  ex.rawPath = parts.path;
  ex.search = parts.query;
  ex.path = path;
  const { host, hostName, hostPort } = ex.head;
  if (authority === null) setHost(ex, host, hostName, hostPort);
  else {
    const { name, port } = splitHost(authority);
    setHost(ex, authority, name, port);
  }
  return true;
}

function setHost(ex: HttpExchange, field: string, name: string, port: number): void {
  ex.hostHeader = field;
  ex.host = name;
  ex.port = port === -1 ? ex.downstream.localPort : port;
}
