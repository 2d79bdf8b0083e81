import { ANSWERS, type Answer } from './answers.ts';
import type { HttpExchange } from './exchange.ts';
import { isHostField } from './http1/host-field.ts';
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
  readHost(ex, authority ?? head.host);
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

/** Takes a Host apart: `name`, `name:port`, `[address]:port`. */
function readHost(ex: HttpExchange, value: string): void {
  ex.hostHeader = value;
  ex.port = ex.downstream.localPort;
  let end = value.length;
  const colon = value.lastIndexOf(':');
  if (colon !== -1 && value.charCodeAt(end - 1) !== 93) {
    if (colon < end - 1) ex.port = Number(value.slice(colon + 1));
    end = colon;
  }
  ex.host = (end === value.length ? value : value.slice(0, end)).toLowerCase();
}
