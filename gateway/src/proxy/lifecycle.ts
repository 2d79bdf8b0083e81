import { ANSWERS, answerForParseError, type Answer } from './answers.ts';
import { prepareRequest } from './prepare-request.ts';
import { checkProtocol } from './protocol-check.ts';
import type { HttpExchange } from './exchange.ts';
import type { ResponseHead } from './http1/response-head.ts';
import { copyFields, dropping, HOP_BY_HOP, trailerLines } from './http1/copy-fields.ts';
import { openTunnel } from './tunnel/open-tunnel.ts';
import { runLog, runResponseBody, runResponseHeaders } from './response-phases.ts';
import { reasonOf } from './status-page.ts';
import { RequestPhases, type NextPhase } from './request-phases.ts';
import { localLines, proxiedLines } from './response-lines.ts';
import type { PluginInstance } from './plan/plan.ts';
import type { Placement } from './upstream/algorithm.ts';
import { Dispatcher } from './upstream/dispatcher.ts';
import type { UpstreamExchange, UpstreamFailure } from './upstream/upstream-exchange.ts';

const INTERIM_DROP = dropping(...HOP_BY_HOP);
const NOTHING = new Uint8Array(0);

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
    const { headStatus } = ex.thread.settings.limits;
    const kong = status === 431 && headStatus === 400;
    this.refuseWith(ex, kong ? ANSWERS.head_too_large_kong : answerForParseError(status));
  }

  private refuseWith(ex: HttpExchange, answer: Answer): void {
    ex.closing = true;
    ex.instances = globalInstances(ex);
    ex.fail(answer);
    this.respond(ex);
  }

  /** Answered before a route was known: only global instances see the response. */
  answeredEarly(ex: HttpExchange): void {
    if (ex.finished) return;
    ex.instances = globalInstances(ex);
    this.respond(ex);
  }

  route(ex: HttpExchange): void {
    const match = ex.thread.match;
    ex.plan.router.match(ex, match);
    const route = match.target;
    if (route === null) {
      ex.instances = globalInstances(ex);
      ex.fail(ANSWERS.no_route);
      this.respond(ex);
      return;
    }
    ex.routePlan = route;
    ex.matchedLength = match.matchedLength;
    ex.pathPattern = match.pattern;
    if (!checkProtocol(ex, route)) {
      ex.instances = globalInstances(ex);
      this.respond(ex);
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
    if (ex.instances.length === 0) ex.instances = globalInstances(ex);
    this.respond(ex);
  }

  /** Sends the answer that stands in `ex.local`. */
  respond(ex: HttpExchange): void {
    runResponseHeaders(ex);
    const local = ex.local!;
    let body = local.body;
    if (ex.filtersBody) {
      body = runResponseBody(ex, typeof body === 'string' ? Buffer.from(body) : body, true);
    } else if (typeof body === 'string' && !isAscii(body)) body = Buffer.from(body);
    ex.headSent = true;
    const reason = local.reason === '' ? reasonOf(ex.status) : local.reason;
    ex.downstream.sendHead(ex, ex.status, reason, localLines(ex), body.length, body, true);
    this.finish(ex);
  }

  bodyTooLarge(ex: HttpExchange): void {
    ex.closing = true;
    this.answerNow(ex, ANSWERS.body_too_large);
  }

  bodyBroken(ex: HttpExchange): void {
    ex.closing = true;
    this.answerNow(ex, ANSWERS.bad_request);
  }

  bodyTimedOut(ex: HttpExchange): void {
    ex.closing = true;
    this.answerNow(ex, ANSWERS.request_timeout);
  }

  // Responses of the upstream

  upstreamInterim(ex: HttpExchange, head: ResponseHead): void {
    // The gateway asks for the body itself, so a 100 has told nobody anything.
    if (head.status === 100) return;
    const lines = copyFields(head, INTERIM_DROP, head.hopNames, null);
    ex.downstream.sendInterim(head.status, head.reason, lines);
  }

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
    if (last) ex.upstreamEnded(upstream);
    const { health } = ex.upstreamPeer!;
    if (health !== null) health.answered(head.status);
    ex.upstreamStatus = head.status;
    ex.status = head.status;
    ex.responseHead = head;
    runResponseHeaders(ex);
    let length = head.contentLength;
    let body = data;
    if (ex.filtersBody) {
      length = -1;
      const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : data;
      if (bytes !== null || last) body = runResponseBody(ex, bytes ?? NOTHING, last);
    }
    const reason = ex.status === head.status ? head.reason : reasonOf(ex.status);
    const trailers = last ? trailerLines(upstream.trailers) : '';
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
    const chunk = ex.filtersBody ? runResponseBody(ex, data, last) : data;
    const more = ex.downstream.sendBody(chunk);
    if (last) {
      ex.upstreamEnded(upstream);
      ex.downstream.endBody(trailerLines(upstream.trailers));
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

/** Where the upstream never ended, it was with it to the end. */
function endPlacement(ex: HttpExchange, placement: Placement): void {
  const at = ex.upstreamEndAt === -1 ? ex.endedAt : ex.upstreamEndAt;
  placement.ended(at, ex.upstreamHeadAt === -1);
}

function globalInstances(ex: HttpExchange): readonly PluginInstance[] {
  const chain = ex.plan.globalChain;
  if (chain.instances !== null) return chain.instances;
  const running: PluginInstance[] = [];
  for (const { fixed } of chain.slots) if (fixed !== null) running.push(fixed);
  return running;
}

function isAscii(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- the whole range is meant
  return /^[\x00-\x7f]*$/.test(text);
}
