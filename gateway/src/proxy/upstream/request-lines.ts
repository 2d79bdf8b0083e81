import type { HttpExchange } from '../exchange/exchange.ts';
import { wantsUpgrade } from '../upgrade.ts';
import { forwardedLines } from '../forwarded.ts';
import {
  dropping,
  HOP_BY_HOP,
  NOT_BEHIND,
  passingFields,
  trailerLines,
} from '../http1/copy-fields.ts';
import * as known from '../http1/known-fields.ts';
import type { MessageHead } from '../http1/message-head.ts';
import type { HeaderNames } from '../header-names.ts';
import { escapePath } from '../router/path.ts';
import { forwardedPrefix, upstreamPath } from '../router/upstream-path.ts';
import type { Peer } from './balancing/balancer.ts';

/** What the client said about these is replaced by what the gateway knows. */
const OWN: readonly number[] = [
  known.HOST,
  known.PROXY,
  known.EXPECT,
  known.VIA,
  known.X_FORWARDED_FOR,
  known.X_FORWARDED_PROTO,
  known.X_FORWARDED_HOST,
  known.X_FORWARDED_PORT,
  known.X_FORWARDED_PATH,
  known.X_FORWARDED_PREFIX,
  known.X_REAL_IP,
  known.IDENTITY,
  known.REQUEST_ID,
];
const DROP = dropping(...HOP_BY_HOP, ...OWN);
const TRAILER_DROP = dropping(...HOP_BY_HOP, ...OWN, ...NOT_BEHIND);

/**
 * The head of the request as the upstream gets it, but for Host and framing, which may differ from
 * attempt to attempt: request line and field lines.
 */
export interface UpstreamRequest {
  /** `METHOD path HTTP/1.1\r\n` */
  readonly line: string;
  /** Field lines, each ending in CRLF. */
  readonly fields: string;
}

/** Puts the upstream request together. Called once an exchange, however many attempts follow. */
export function buildUpstreamRequest(ex: HttpExchange): UpstreamRequest {
  const { head, routePlan, thread } = ex;
  const route = routePlan!;
  const prefix = forwardedPrefix(route.stripPath, ex.path, ex.matchedLength);
  const clientXff = head.known(known.X_FORWARDED_FOR);
  let fields =
    ex.trusted || clientXff !== undefined
      ? claimedForwardedLines(ex, prefix, clientXff)
      : ex.downstream.usualForwardedLines.of(ex.hostHeader, ex.rawPath, prefix);
  fields += viaLine(ex, thread.names);
  if (thread.settings.requestIdUpstream) fields += `${thread.names.requestIdName}: ${ex.id}\r\n`;
  if (head.teTrailers) fields += 'TE: trailers\r\n';
  fields += ex.upstreamLines;
  fields += passingFields(head, DROP, head.hopNames, ex.requestFields);
  return { line: requestLine(ex), fields };
}

function requestLine(ex: HttpExchange): string {
  const { plainLine, target } = ex.head;
  const path = pathForUpstream(ex);
  const isClients = ex.changedSearch === null && ex.changedMethod === null;
  if (plainLine !== null && path === target && isClients) return plainLine;
  return `${ex.outgoingMethod} ${targetWith(ex, path)} HTTP/1.1\r\n`;
}

/**
 * What follows the request's body, each line ending in CRLF: nothing that plugins decided about in its
 * head. Only once the request is put together.
 */
export function requestTrailerLines(ex: HttpExchange, trailers: MessageHead | null): string {
  if (trailers === null) return '';
  ex.joinUpstreamLines();
  return trailerLines(trailers, TRAILER_DROP, ex.requestFields);
}

/** Path and query as the upstream gets them. Only once there is a route with a service. */
export function upstreamTarget(ex: HttpExchange): string {
  return targetWith(ex, pathForUpstream(ex));
}

function pathForUpstream(ex: HttpExchange): string {
  const { routePlan, path, matchedLength } = ex;
  if (ex.changedPath !== null) return ex.changedPath;
  const { stripPath, service } = routePlan!;
  return upstreamPath(stripPath, service!.path, path, matchedLength);
}

function targetWith({ changedSearch, search }: HttpExchange, path: string): string {
  return escapePath(path) + (changedSearch ?? search);
}

function claimedForwardedLines(
  ex: HttpExchange,
  prefix: string | null,
  clientXff: string | undefined,
): string {
  const { head, trusted } = ex;
  return forwardedLines({
    trusted,
    peerIp: ex.downstream.peerIp,
    clientIp: ex.clientIp,
    scheme: ex.downstream.scheme,
    listenPort: ex.downstream.localPort,
    host: ex.hostHeader,
    path: ex.rawPath,
    prefix,
    clientXff,
    clientProto: trusted ? head.known(known.X_FORWARDED_PROTO) : undefined,
    clientHost: trusted ? head.known(known.X_FORWARDED_HOST) : undefined,
    clientPort: trusted ? head.known(known.X_FORWARDED_PORT) : undefined,
    clientPath: trusted ? head.known(known.X_FORWARDED_PATH) : undefined,
    clientPrefix: trusted ? head.known(known.X_FORWARDED_PREFIX) : undefined,
  });
}

function viaLine({ head, downstream }: HttpExchange, names: HeaderNames): string {
  const via = head.known(known.VIA);
  if (via === undefined && head.minor === 1 && !downstream.http2) return names.viaLine;
  const version = downstream.http2 ? '2' : head.minor === 0 ? '1.0' : '1.1';
  const own = `${version} ${names.token}`;
  return via === undefined ? `Via: ${own}\r\n` : `Via: ${via}, ${own}\r\n`;
}

/** Host and connection lines for one attempt. */
export function connectionLines(ex: HttpExchange, peer: Peer): string {
  const host = ownHost(ex);
  if (host === null && !ex.head.upgrade) return peer.usualLines;
  const hostLine = `Host: ${host ?? peer.hostHeader}\r\n`;
  if (!wantsUpgrade(ex)) return `${hostLine}Connection: keep-alive\r\n`;
  const protocol = ex.head.known(known.UPGRADE)!;
  return `${hostLine}Connection: keep-alive, Upgrade\r\nUpgrade: ${protocol}\r\n`;
}

/** What the upstream is told that it is. */
export function hostOf(ex: HttpExchange, peer: Peer): string {
  return ownHost(ex) ?? peer.hostHeader;
}

/** Null when the peer's own name is sent. */
function ownHost(ex: HttpExchange): string | null {
  // Not the client's Host field: a target in absolute form names another host.
  const preserved = ex.routePlan!.preserveHost && ex.hostHeader !== '' ? ex.hostHeader : null;
  return ex.requestFields?.host ?? preserved;
}
