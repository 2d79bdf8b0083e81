import type { HttpExchange } from './exchange/exchange.ts';
import type { HeaderNames } from './header-names.ts';
import { copyFields, dropping, HOP_BY_HOP, NOT_BEHIND, trailerLines } from './http1/copy-fields.ts';
import type { Fields } from './http1/fields.ts';
import * as known from './http1/known-fields.ts';
import type { MessageHead } from './http1/message-head.ts';
import type { ResponseHead } from './http1/response-head.ts';
import { inOnePiece } from '../in-one-piece.ts';
import { KeptText } from '../kept-text.ts';

/** Upstream fields that never reach a client: those of the hop, and those the gateway sets. */
const DROPPED: readonly number[] = [
  ...HOP_BY_HOP,
  known.PROXY,
  known.VIA,
  known.X_ACCEL,
  known.LATENCY,
  known.REQUEST_ID,
];
const DROP = dropping(...DROPPED, known.CONTENT_TYPE);
/** The same where the gateway says with which status the upstream has answered. */
const DROP_WITH_STATUS = dropping(...DROPPED, known.CONTENT_TYPE, known.UPSTREAM_STATUS);
const INTERIM_DROP = dropping(...DROPPED, known.UPSTREAM_STATUS);
const TRAILER_DROP = dropping(...DROPPED, known.UPSTREAM_STATUS, ...NOT_BEHIND);

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
  const left = fields === null ? null : fields.removed;
  let lines = head.keptPassing(left) ?? head.keepPassing(left, passingLines(head, fields, names));
  if (!isThere(head, fields, known.DATE, 'date')) lines += clock.dateLine;
  if (!isThere(head, fields, known.SERVER, 'server')) lines += names.serverLine;
  if (fields !== null) lines += fields.addedLines();
  if (ex.thread.settings.allowDebugHeader) lines += debugLines(ex);
  return lines + proxyLines(ex, head);
}

/** What passes of the head of an upstream's response. */
function passingLines(head: ResponseHead, fields: Fields | null, names: HeaderNames): string {
  const type = contentTypeLine(head, fields?.isRemoved('content-type') ?? false);
  const drop = names.upstreamStatus === null ? DROP : DROP_WITH_STATUS;
  return inOnePiece(type + copyFields(head, drop, head.hopNames, fields));
}

/** Field lines of what an upstream tells before its response. */
export function interimLines(head: ResponseHead): string {
  return copyFields(head, INTERIM_DROP, head.hopNames, null);
}

/** What follows the body of a response that came from the upstream, each line ending in CRLF. */
export function responseTrailerLines(ex: HttpExchange, trailers: MessageHead | null): string {
  return trailerLines(trailers, TRAILER_DROP, ex.responseFields);
}

function isThere(head: ResponseHead, fields: Fields | null, id: number, name: string): boolean {
  if (fields === null) return head.hasKnown(id);
  return (head.hasKnown(id) && !fields.isRemoved(name)) || fields.adds(name);
}

/** Field lines of an answer of the gateway's own, without framing. */
export function localLines(ex: HttpExchange): string {
  const { names, clock } = ex.thread;
  const fields = ex.responseFields!;
  let lines = clock.dateLine + fields.addedLines();
  if (!fields.adds('server')) lines += names.serverLine;
  if (ex.dispatchedAt !== -1) return lines + proxyLines(ex, null);
  if (names.responseLatency !== null) {
    lines += names.responseLatency.of(Math.round(ex.thread.now() - ex.begin));
  }
  return lines + requestIdLine(ex);
}

/** What is told of a request that went to an upstream, whether or not an answer came back. */
function proxyLines(ex: HttpExchange, head: ResponseHead | null): string {
  const lines = proxyFields(ex, head);
  return ex.placement === null ? lines : lines + ex.placement.responseLines;
}

function proxyFields(ex: HttpExchange, head: ResponseHead | null): string {
  const { names, settings } = ex.thread;
  const headAt = ex.upstreamHeadAt === -1 ? ex.thread.now() : ex.upstreamHeadAt;
  const status = head === null ? ex.status : head.status;
  const upstreamLatency = Math.round(headAt - ex.dispatchedAt);
  const proxyLatency = Math.round(ex.dispatchedAt - ex.begin);
  const via = names.viaEnabled && head !== null ? head.known(known.VIA) : undefined;
  if (via !== undefined) {
    const lines = numberLines(names, status, upstreamLatency, proxyLatency);
    return `${lines}Via: ${via}, 1.1 ${names.token}\r\n${requestIdLine(ex)}`;
  }
  const lines = usualProxyLines(names, status, upstreamLatency, proxyLatency);
  return settings.responseHeaders.requestId ? `${lines}${ex.id}\r\n` : lines;
}

const keptLines = new KeptText();
let keptNames: HeaderNames | null = null;
let keptStatus = 0;
let keptUpstreamLatency = 0;
let keptProxyLatency = 0;

/** Up to the value of the request id. Kept, since latencies mostly are the same few milliseconds. */
function usualProxyLines(
  names: HeaderNames,
  status: number,
  upstreamLatency: number,
  proxyLatency: number,
): string {
  if (
    upstreamLatency === keptUpstreamLatency &&
    proxyLatency === keptProxyLatency &&
    status === keptStatus &&
    names === keptNames
  ) {
    return keptLines.again();
  }
  keptNames = names;
  keptStatus = status;
  keptUpstreamLatency = upstreamLatency;
  keptProxyLatency = proxyLatency;
  return keptLines.set(numberLines(names, status, upstreamLatency, proxyLatency) + names.usualEnd);
}

function numberLines(
  names: HeaderNames,
  status: number,
  upstreamLatency: number,
  proxyLatency: number,
): string {
  let lines = '';
  if (names.upstreamStatus !== null) lines = names.upstreamStatus.of(status);
  if (names.upstreamLatency !== null) lines += names.upstreamLatency.of(upstreamLatency);
  if (names.proxyLatency !== null) lines += names.proxyLatency.of(proxyLatency);
  return lines;
}

function requestIdLine(ex: HttpExchange): string {
  const { names, settings } = ex.thread;
  return settings.responseHeaders.requestId ? `${names.requestIdName}: ${ex.id}\r\n` : '';
}

/** Which route and service took a request that asks for it, where the operator allows the question. */
function debugLines(ex: HttpExchange): string {
  if (ex.head.indexOfKnown(known.DEBUG) === -1) return '';
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
