import { ANSWERS, type Answer } from '../answers.ts';
import type { HttpExchange } from '../exchange/exchange.ts';
import { grpcStatusIn } from '../grpc-answer.ts';
import type { Placement } from './balancing/algorithm.ts';
import { Peer, type PickFailure } from './balancing/balancer.ts';
import type { Pool } from './connection-pool.ts';
import type { PeerHealth } from './health/peer-health.ts';
import { buildUpstreamRequest, connectionLines, hostOf } from './request-lines.ts';
import type { UpstreamExchange, UpstreamFailure } from './upstream-exchange.ts';

/** What the dispatcher needs of the lifecycle. */
interface Answering {
  answerNow(ex: HttpExchange, answer: Answer): void;
}

const NO_BYTES: readonly Uint8Array[] = [];

/** Methods that may have had their effect once they were sent, so that they are sent only once. */
const NOT_IDEMPOTENT: ReadonlySet<string> = new Set(['POST', 'PATCH', 'LOCK']);

/** Sends requests upstream: picks a peer, takes a connection, tries again where that is safe. */
export class Dispatcher {
  private readonly lifecycle: Answering;

  constructor(lifecycle: Answering) {
    this.lifecycle = lifecycle;
  }

  dispatch(ex: HttpExchange): void {
    const { balancer } = ex.routePlan!.service!;
    const peer = balancer.pick(ex);
    if (peer === undefined) {
      void balancer.whenResolved().then(() => {
        if (!ex.finished && !ex.headSent) this.dispatch(ex);
      });
    } else if (typeof peer === 'string') this.lifecycle.answerNow(ex, answerFor(peer));
    else this.attempt(ex, peer);
  }

  private attempt(ex: HttpExchange, peer: Peer): void {
    const { thread } = ex;
    const { transport } = ex.routePlan!.service!;
    const pool: Pool =
      transport === null
        ? (peer.pool ??= thread.poolFor(peer.address, peer.port))
        : transport.poolFor(thread, peer, hostOf(ex, peer));
    // Where one kept connection was closed, the others may be too.
    const connection = pool.begin(ex, ex.freeTries > 0);
    ex.upstream = connection;
    ex.upstreamPeer = peer;
    ex.tries++;
    if (ex.dispatchedAt === -1) ex.dispatchedAt = thread.now();
    const request = (ex.upstreamRequest ??= buildUpstreamRequest(ex));
    const { body } = ex;
    const head = request.line + connectionLines(ex, peer) + request.fields;
    if (body === null) {
      connection.send(ex, `${head}\r\n`, NO_BYTES, false, true, null);
      return;
    }
    const length = body.length;
    const framing = length === -1 ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`;
    const beginning = body.beginning!;
    const chunked = length === -1;
    const lines = `${head}${framing}\r\n\r\n`;
    connection.send(ex, lines, beginning, chunked, body.complete, body.trailers);
    if (body.complete) return;
    if (ex.head.expectContinue && body.received === 0) ex.downstream.sendContinue();
    body.attach(connection);
    ex.downstream.resumeBody();
  }

  /** An attempt brought no response. Tries again, or answers for the upstream. */
  attemptFailed(ex: HttpExchange, connection: UpstreamExchange, failure: UpstreamFailure): void {
    ex.body?.detach();
    const stale = !connection.answering && isStale(connection, failure);
    if (stale && ex.freeTries === 0) ex.freeTries = 1;
    const attempts = ex.routePlan!.service!.retries + 1 + ex.freeTries;
    const again = ex.tries < attempts && mayResend(ex, connection, failure);
    const { health } = ex.upstreamPeer!;
    if (health !== null && !stale) tellFailure(health, failure, again);
    if (again) {
      if (failure === 'tls') this.tryElsewhere(ex);
      else this.dispatch(ex);
      return;
    }
    this.lifecycle.answerNow(ex, answerForFailure(failure));
  }

  /** Who could not be trusted just now cannot be trusted a moment later. */
  private tryElsewhere(ex: HttpExchange): void {
    const peer = ex.routePlan!.service!.balancer.pick(ex);
    if (peer instanceof Peer && peer !== ex.upstreamPeer) this.attempt(ex, peer);
    else this.lifecycle.answerNow(ex, ANSWERS.upstream_tls);
  }
}

/** A kept connection that the upstream closed just then says nothing about the upstream. */
function isStale(connection: UpstreamExchange, failure: UpstreamFailure): boolean {
  return failure === 'refused' || (failure === 'closed' && connection.reused);
}

/**
 * Counts a failed attempt as Kong does: a connection that could not be made or broke is a TCP failure
 * when there is another attempt, and after the last one the status that the client gets.
 */
function tellFailure(health: PeerHealth, failure: UpstreamFailure, again: boolean): void {
  // The client would wait no longer, which says nothing about the upstream.
  if (failure === 'deadline') return;
  if (failure === 'timeout') health.timedOut();
  else if (again) health.disconnected();
  else health.answered(ANSWERS.bad_upstream.status);
}

function mayResend(
  ex: HttpExchange,
  connection: UpstreamExchange,
  failure: UpstreamFailure,
): boolean {
  if (failure === 'invalid' || failure === 'deadline') return false;
  if (ex.body !== null && ex.body.beginning === null) return false;
  if (failure === 'refused') return true;
  return !connection.connected || !NOT_IDEMPOTENT.has(ex.outgoingMethod);
}

/** What a client is told of an attempt without a whole response. */
export function answerForFailure(failure: UpstreamFailure): Answer {
  switch (failure) {
    case 'timeout':
    case 'deadline':
      return ANSWERS.upstream_timeout;
    case 'tls':
      return ANSWERS.upstream_tls;
    default:
      return ANSWERS.bad_upstream;
  }
}

function answerFor(failure: PickFailure): Answer {
  return failure === 'name resolution failed' ? ANSWERS.name_resolution : ANSWERS.no_peer;
}

/** The upstream's response is complete. */
export function upstreamEnded(ex: HttpExchange, { head, trailers }: UpstreamExchange): void {
  ex.upstreamEndAt = ex.thread.time;
  ex.upstream = null;
  // No client of gRPC comes without HTTP/2.
  if (ex.downstream.http2) ex.grpcStatus = grpcStatusIn(head, trailers);
}

/** Where the upstream never ended, it was with it to the end. */
export function endPlacement(ex: HttpExchange, placement: Placement): void {
  const at = ex.upstreamEndAt === -1 ? ex.endedAt : ex.upstreamEndAt;
  placement.ended(at, ex.upstreamHeadAt === -1);
}
