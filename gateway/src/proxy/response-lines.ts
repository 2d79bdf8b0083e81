import type { HttpExchange } from './exchange.ts';
import { dropping, HOP_BY_HOP, passingFields } from './http1/copy-fields.ts';
import * as known from './http1/known-fields.ts';
import type { ResponseHead } from './http1/response-head.ts';

/** Upstream fields that never reach a client: those of the hop, and those the gateway sets. */
const DROP = dropping(
  ...HOP_BY_HOP,
  known.PROXY,
  known.VIA,
  known.X_ACCEL,
  known.LATENCY,
  known.REQUEST_ID,
  known.CONTENT_TYPE,
);

/** Types that get a charset when the upstream names none, as nginx's `charset_types`. */
const CHARSET_TYPES: ReadonlySet<string> = new Set([
  'text/html',
  'text/plain',
  'text/xml',
  'text/vnd.wap.wml',
  'application/javascript',
  'application/rss+xml',
]);

/** Field lines of a response that came from the upstream, without framing. */
export function proxiedLines(ex: HttpExchange): string {
  const head = ex.responseHead!;
  const { names, clock } = ex.thread;
  const fields = ex.responseFields;
  let lines = contentTypeLine(head, fields?.isRemoved('content-type') === true);
  lines += passingFields(head, DROP, head.hopNames, fields);
  if (!has(ex, known.DATE, 'date')) lines += clock.dateLine;
  if (!has(ex, known.SERVER, 'server')) lines += names.serverLine;
  return lines + debugLines(ex) + proxyLines(ex, head);
}

/** Field lines of an answer of the gateway's own, without framing. */
export function localLines(ex: HttpExchange): string {
  const { names, clock } = ex.thread;
  const fields = ex.responseFields!;
  let lines = clock.dateLine + fields.addedLines();
  if (fields.get('server') === undefined) lines += names.serverLine;
  if (ex.dispatchedAt !== -1) return lines + proxyLines(ex, null);
  if (names.responseLatency !== '') {
    lines += `${names.responseLatency}${Math.round(ex.thread.now() - ex.begin)}\r\n`;
  }
  return lines + requestIdLine(ex);
}

/** What is told of a request that went to an upstream, whether or not an answer came back. */
function proxyLines(ex: HttpExchange, head: ResponseHead | null): string {
  const { names } = ex.thread;
  const headAt = ex.upstreamHeadAt === -1 ? ex.thread.now() : ex.upstreamHeadAt;
  let lines = '';
  if (names.upstreamStatus !== '') {
    const status = head === null ? ex.status : head.status;
    lines += `${names.upstreamStatus}${status}\r\n`;
  }
  if (names.upstreamLatency !== '') {
    lines += `${names.upstreamLatency}${Math.round(headAt - ex.dispatchedAt)}\r\n`;
  }
  if (names.proxyLatency !== '') {
    lines += `${names.proxyLatency}${Math.round(ex.dispatchedAt - ex.begin)}\r\n`;
  }
  if (names.viaEnabled) {
    const via = head?.known(known.VIA);
    lines += via === undefined ? names.viaLine : `Via: ${via}, 1.1 ${names.token}\r\n`;
  }
  return lines + requestIdLine(ex);
}

function requestIdLine(ex: HttpExchange): string {
  const { names, settings } = ex.thread;
  return settings.responseHeaders.requestId ? `${names.requestIdName}: ${ex.id}\r\n` : '';
}

/** Which route and service took a request that asks for it, where the operator allows the question. */
function debugLines(ex: HttpExchange): string {
  if (!ex.thread.settings.allowDebugHeader || ex.head.indexOfKnown(known.DEBUG) === -1) return '';
  const route = ex.routePlan!;
  let lines = `Kong-Route-Id: ${route.id}\r\n`;
  if (route.name !== null) lines += `Kong-Route-Name: ${route.name}\r\n`;
  if (route.service !== null) {
    lines += `Kong-Service-Id: ${route.service.id}\r\n`;
    if (route.service.name !== null) lines += `Kong-Service-Name: ${route.service.name}\r\n`;
  }
  return lines;
}

function contentTypeLine(head: ResponseHead, removed: boolean): string {
  const index = head.indexOfKnown(known.CONTENT_TYPE);
  if (index === -1 || removed) return '';
  const value = head.value(index);
  if (CHARSET_TYPES.has(value)) return `Content-Type: ${value}; charset=UTF-8\r\n`;
  return `Content-Type: ${value}\r\n`;
}

function has(ex: HttpExchange, id: number, name: string): boolean {
  const fields = ex.responseFields;
  if (fields !== null && fields.changed) return fields.get(name) !== undefined;
  return ex.responseHead!.indexOfKnown(id) !== -1;
}
