import { ANSWERS, answerForParseError, type Answer } from './answers.ts';
import { prepareRequest } from './prepare-request.ts';
import { checkProtocol } from './protocol-check.ts';
import type { HttpExchange } from './exchange/exchange.ts';
import { openTunnel } from './tunnel/open-tunnel.ts';
import { globalInstances } from './plan/chain.ts';
import { asBytes, changedAnswer, isBodiless, lengthFor } from './held-body.ts';
import { runLog, runResponseBody, runResponseHeaders } from './response-phases.ts';
import { reasonOf } from './status-page.ts';
import { RequestPhases, type NextPhase } from './request-phases.ts';
import { localLines, proxiedLines, responseTrailerLines } from './response-lines.ts';
import {
  answerForFailure,
  Dispatcher,
  endPlacement,
  upstreamEnded,
} from './upstream/dispatcher.ts';
import type { UpstreamExchange, UpstreamFailure } from './upstream/upstream-exchange.ts';

/**
 * The way of a request through its phases: rewrite, routing, access, upstream, response, log.
 * Straight where handlers are synchronous; a handler that returns a promise holds its own exchange
 * only.
 */
export class Lifecycle implements NextPhase {
  private readonly phases = new RequestPhases(this);
  private readonly dispatcher = new Dispatcher(this);

  /** A request's head is complete, and what came with it of its body was taken. */
  start(ex: HttpExchange): void {
    const problem = prepareRequest(ex);
    if (problem !== null) {
      this.refuseWith(ex, problem);
      return;
    }
    const rewriters = ex.plan.rewriters;
    if (rewriters.length > 0) this.phases.rewrite(ex, rewriters, 0);
    else this.route(ex);
  }

  /** The head could not be taken for a request. @param status that the parser decided on */
  refuse(ex: HttpExchange, status: number): void {
    this.refuseWith(ex, answerForParseError(status, ex.thread.settings.limits.headStatus));
  }

  private refuseWith(ex: HttpExchange, answer: Answer): void {
    ex.closing = true;
    ex.fail(answer);
    this.answeredEarly(ex);
  }

  /** Answered before a route took the request: only global instances see the response. */
  answeredEarly(ex: HttpExchange): void {
    if (ex.finished) return;
    ex.instances = globalInstances(ex.plan.globalChain);
    this.respond(ex);
  }

  route(ex: HttpExchange): void {
    const match = ex.thread.match;
    ex.plan.router.match(ex, match);
    const route = match.target;
    if (route === null) {
      ex.fail(ANSWERS.no_route);
      this.answeredEarly(ex);
      return;
    }
    ex.routePlan = route;
    ex.matchedLength = match.matchedLength;
    ex.pathPattern = match.pattern;
    if (!checkProtocol(ex, route)) {
      this.answeredEarly(ex);
      return;
    }
    const chain = route.chain;
    if (chain.instances !== null) {
      ex.instances = chain.instances;
      if (!chain.hasAccess) this.afterAccess(ex);
      else this.phases.access(ex, chain.instances, 0);
    } else this.phases.accessBySlot(ex, chain.slots, [], 0);
  }

  afterAccess(ex: HttpExchange): void {
    if (ex.finished) return;
    if (ex.local !== null) this.respond(ex);
    else if (ex.routePlan!.refusal !== null) {
      ex.fail(ex.routePlan!.refusal);
      this.respond(ex);
    } else this.dispatcher.dispatch(ex);
  }

  // Answers of the gateway's own

  /** Answers at once, whatever phase the exchange is in. */
  answerNow(ex: HttpExchange, answer: Answer): void {
    if (ex.finished) return;
    if (ex.headSent) {
      this.breakOff(ex, 'client');
      return;
    }
    ex.upstream?.destroy();
    ex.upstream = null;
    ex.local = null;
    ex.fail(answer);
    if (ex.instances.length === 0) ex.instances = globalInstances(ex.plan.globalChain);
    this.respond(ex);
  }

  /** Sends the answer that stands in `ex.local`. */
  respond(ex: HttpExchange): void {
    runResponseHeaders(ex);
    const local = ex.local!;
    const body = changedAnswer(ex, local.body);
    ex.headSent = true;
    const reason = local.reason === '' ? reasonOf(ex.status) : local.reason;
    ex.downstream.sendHead(ex, ex.status, reason, localLines(ex), body.length, body, true);
    this.finish(ex);
  }

  /** The rest of the request's body will not be taken, so that nothing can follow it. */
  refuseBody(ex: HttpExchange, answer: Answer): void {
    ex.closing = true;
    this.answerNow(ex, answer);
  }

  // Responses of the upstream

  /**
   * @param data first bytes of the body, as such or as latin1, or null
   * @param last whether the body ends with them
   */
  upstreamHead(
    ex: HttpExchange,
    upstream: UpstreamExchange,
    data: Uint8Array | string | null,
    last: boolean,
  ): void {
    const head = upstream.head;
    ex.upstreamHeadAt = ex.thread.time;
    if (last) upstreamEnded(ex, upstream);
    const { health } = ex.upstreamPeer!;
    if (health !== null) health.answered(head.status);
    ex.upstreamStatus = head.status;
    ex.status = head.status;
    ex.responseHead = head;
    runResponseHeaders(ex);
    const held = ex.heldBody;
    if (held === null) this.passOn(ex, upstream, lengthFor(ex, head.contentLength), data, last);
    else if (isBodiless(ex)) this.passOn(ex, upstream, -1, null, last);
    else if (held.isTooLong(head.contentLength)) this.answerNow(ex, ANSWERS.response_too_large);
    else this.hold(ex, upstream, asBytes(data), last);
  }

  /** Keeps what plugins change as a whole, until all of it is there. */
  private hold(
    ex: HttpExchange,
    upstream: UpstreamExchange,
    data: Uint8Array,
    last: boolean,
  ): void {
    const held = ex.heldBody!;
    const refusal = held.push(data);
    if (refusal !== null) this.answerNow(ex, refusal);
    else if (last) {
      const body = held.changed(ex);
      this.passOn(ex, upstream, body.length, body, true);
    }
  }

  /** Sends the response's head, with the first bytes of its body or all of them. */
  private passOn(
    ex: HttpExchange,
    upstream: UpstreamExchange,
    contentLength: number,
    data: Uint8Array | string | null,
    last: boolean,
  ): void {
    const head = upstream.head;
    let length = contentLength;
    let body = data;
    if (ex.filtersBody) {
      length = -1;
      if (data !== null || last) body = runResponseBody(ex, asBytes(data), last);
    }
    const reason = ex.status === head.status ? head.reason : reasonOf(ex.status);
    const trailers = last ? responseTrailerLines(ex, upstream.trailers) : '';
    const complete = last && trailers === '';
    ex.headSent = true;
    ex.downstream.sendHead(ex, ex.status, reason, proxiedLines(ex), length, body, complete);
    if (!last) return;
    if (!complete) ex.downstream.endBody(trailers);
    this.finish(ex);
  }

  upstreamData(
    ex: HttpExchange,
    upstream: UpstreamExchange,
    data: Uint8Array,
    last: boolean,
  ): void {
    if (last) upstreamEnded(ex, upstream);
    if (!ex.headSent) {
      this.hold(ex, upstream, data, last);
      return;
    }
    const chunk = ex.filtersBody ? runResponseBody(ex, data, last) : data;
    const more = ex.downstream.sendBody(chunk);
    if (last) {
      ex.downstream.endBody(responseTrailerLines(ex, upstream.trailers));
      this.finish(ex);
    } else if (!more) upstream.pause();
  }

  downstreamDrained(ex: HttpExchange): void {
    ex.upstream?.resume();
  }

  /** An attempt ended without a complete response. */
  upstreamFailed(ex: HttpExchange, upstream: UpstreamExchange, failure: UpstreamFailure): void {
    ex.upstream = null;
    if (ex.finished) return;
    if (ex.headSent) this.breakOff(ex, 'upstream');
    else if (ex.heldBody !== null) this.answerNow(ex, answerForFailure(failure));
    else this.dispatcher.attemptFailed(ex, upstream, failure);
  }

  /** The response cannot be completed: the client must not take what it got for all of it. */
  private breakOff(ex: HttpExchange, by: 'client' | 'upstream'): void {
    ex.aborted = by;
    ex.upstream?.destroy();
    ex.upstream = null;
    ex.downstream.abort();
    this.finish(ex);
  }

  /** The client closed its connection before the response was complete. */
  clientGone(ex: HttpExchange): void {
    if (ex.finished) return;
    ex.aborted = 'client';
    ex.reason ??= 'client_closed';
    if (ex.status === 0) ex.status = 499;
    ex.upstream?.destroy();
    ex.upstream = null;
    this.finish(ex);
  }

  // Tunnels

  /** The upstream took the offer to switch protocols. */
  upstreamSwitched(ex: HttpExchange, upstream: UpstreamExchange): void {
    ex.upstreamHeadAt = ex.thread.now();
    ex.upstreamStatus = ex.status = 101;
    ex.upstreamPeer!.health?.answered(101);
    ex.responseHead = upstream.head;
    runResponseHeaders(ex);
    ex.headSent = true;
    const upgrade = `Upgrade: ${upstream.upgradeProtocol}\r\nConnection: upgrade\r\n`;
    const lines = proxiedLines(ex) + upgrade;
    ex.downstream.sendHead(ex, 101, upstream.head.reason, lines, -1, null, false);
    ex.tunnel = openTunnel(ex, upstream);
    ex.downstream.startTunnel();
  }

  /** Nothing moves in a tunnel any more. */
  tunnelBroken(ex: HttpExchange): void {
    this.breakOff(ex, 'upstream');
  }

  /** The tunnel is at its end: what was sent in it still arrives. */
  tunnelEnded(ex: HttpExchange): void {
    if (ex.finished) return;
    ex.upstream?.endTunnel();
    ex.upstream = null;
    ex.upstreamEndAt = ex.thread.now();
    this.finish(ex);
  }

  // The end

  /** Everything was sent: log, count, and let the connection go on. */
  private finish(ex: HttpExchange): void {
    if (ex.finished) return;
    // Where the last bytes came from the upstream just now, the clock was read for them.
    ex.endedAt = ex.upstreamEndAt === -1 ? ex.thread.now() : ex.thread.time;
    if (ex.upstream !== null) {
      ex.upstream.destroy();
      ex.upstream = null;
    }
    ex.finished = true;
    if (ex.placement !== null) endPlacement(ex, ex.placement);
    ex.tunnel?.finish();
    runLog(ex);
    ex.thread.exchangeFinished(ex);
    ex.release();
    ex.downstream.exchangeDone(ex);
  }
}
