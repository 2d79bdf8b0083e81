import type {
  ConnectionInfo,
  ConsumerInfo,
  CredentialInfo,
  Exchange,
  Identity,
} from '../../plugin/exchange.ts';
import type { Answer } from '../answers.ts';
import type { Downstream } from '../downstream.ts';
import { refuseFraming } from '../framing-fields.ts';
import type { HeldBody } from '../held-body.ts';
import { Fields } from '../http1/fields.ts';
import { RequestHead } from '../http1/request-head.ts';
import type { ResponseHead } from '../http1/response-head.ts';
import { answerError, answerWith, type LocalAnswer } from '../own-answers.ts';
import type { Plan, PluginInstance, RoutePlan, ServicePlan } from '../plan/plan.ts';
import type { RequestBody } from '../request-body.ts';
import { createRequestId } from '../request-id.ts';
import type { PathPattern } from '../router/path-pattern.ts';
import type { RouteQuery } from '../router/router.ts';
import type { ProxyThread } from '../thread.ts';
import type { Tunnel } from '../tunnel/tunnel.ts';
import type { Asking, Placement } from '../upstream/balancing/algorithm.ts';
import type { Peer } from '../upstream/balancing/balancer.ts';
import type { UpstreamRequest } from '../upstream/request-lines.ts';
import type { UpstreamExchange } from '../upstream/upstream-exchange.ts';
import * as identity from './identity.ts';
import { OwnAnswerFacade } from './own-answer-facade.ts';
import { RequestFacade } from './request-facade.ts';
import { ResponseFacade } from './response-facade.ts';

const NO_INSTANCES: readonly PluginInstance[] = [];
const NO_HEAD = new RequestHead();

type Headers = Readonly<Record<string, string>>;

/**
 * One request and its response, from the first byte to the log: what plugins see, and what router and
 * balancers ask. How it goes through its phases stands in `lifecycle.ts`, what is told of it afterwards
 * in `finished-exchange.ts`. All of it is one object of one class: that is what a request can afford.
 */
export class HttpExchange implements Exchange, RouteQuery, Asking {
  readonly thread: ProxyThread;
  readonly downstream: Downstream;
  readonly plan: Plan;
  head: RequestHead;
  body: RequestBody | null;
  /** When the first byte arrived, on the thread's monotonic clock, ms. */
  readonly begin: number;

  readonly clientPort: number;
  clientIp: string;
  /** The peer's forwarding fields are believed. */
  trusted = false;
  scheme: 'http' | 'https';

  method: string;
  /** Lower-cased host without port. */
  host = '';
  /** Host as the client named it, with port; that of an absolute-form target if there is one. */
  hostHeader = '';
  port = 0;
  /** Normalised path. */
  path = '';
  /** Path as received, without query. */
  rawPath = '';
  /** Query as received, `?` included, or empty. */
  search = '';

  routePlan: RoutePlan | null = null;
  /** Characters of the path that the route's path matched. */
  matchedLength = 0;
  /** The regular expression among the route's paths that matched. */
  pathPattern: PathPattern | null = null;
  /** The plugin instances that run for this exchange, in order. */
  instances: readonly PluginInstance[] = NO_INSTANCES;

  consumer: ConsumerInfo | null = null;
  credential: CredentialInfo | null = null;
  /** Identity lines for the upstream, and what plugins add in one piece. */
  upstreamLines = '';
  /** Request fields as plugins changed them; null while nobody looked. */
  requestFields: Fields | null = null;
  /** Method that a plugin set; null while it is the client's. */
  changedMethod: string | null = null;
  /** Path that a plugin set, escaped; null while it is that of route and service. */
  changedPath: string | null = null;
  /** Query that a plugin set, `?` included; null while it is the client's. */
  changedSearch: string | null = null;

  local: LocalAnswer | null = null;
  status = 0;
  grpcStatus = -1;
  responseHead: ResponseHead | null = null;
  responseFields: Fields | null = null;
  reason: string | null = null;
  /** The connection is not to be used again: what follows on it may not be a request. */
  closing = false;
  /** The response's head is on its way; nothing of it can change any more. */
  headSent = false;
  /** Some instance changes the response's body. */
  filtersBody = false;
  /** Where plugins change the response's body as a whole. */
  heldBody: HeldBody | null = null;
  responseDone = false;
  finished = false;

  upstream: UpstreamExchange | null = null;
  /** What client and upstream have switched to. */
  tunnel: Tunnel | null = null;
  upstreamPeer: Peer | null = null;
  placement: Placement | null = null;
  /** What every attempt sends; made by the first. */
  upstreamRequest: UpstreamRequest | null = null;
  tries = 0;
  /** Attempts that count for nothing: a kept connection turned out to be closed. */
  freeTries = 0;
  upstreamStatus = 0;
  /** When the first attempt began, -1 before. Monotonic ms. */
  dispatchedAt = -1;
  /** When the upstream's head was complete, -1 before. */
  upstreamHeadAt = -1;
  upstreamEndAt = -1;
  endedAt = -1;

  bytesIn = 0;
  bytesOut = 0;
  aborted: 'client' | 'upstream' | null = null;

  private requestId: string | null = null;
  /** Hardly ever does more than one plugin keep something. */
  private stateKey: symbol | null = null;
  private stateValue: unknown = undefined;
  private moreStates: Map<symbol, unknown> | null = null;
  private sharedValues: Map<string, string> | null = null;
  private requestFacade: RequestFacade | null = null;
  private responseFacade: ResponseFacade | null = null;

  constructor(
    thread: ProxyThread,
    downstream: Downstream,
    plan: Plan,
    head: RequestHead,
    body: RequestBody | null,
    begin: number,
  ) {
    this.thread = thread;
    this.downstream = downstream;
    this.plan = plan;
    this.head = head;
    this.body = body;
    this.begin = begin;
    this.method = head.method;
    this.scheme = downstream.scheme;
    this.clientIp = downstream.peerIp;
    this.clientPort = downstream.peerPort;
  }

  get id(): string {
    return (this.requestId ??= createRequestId());
  }

  get startedAt(): number {
    return this.thread.clock.wallOf(this.begin);
  }

  get connection(): ConnectionInfo {
    return this.downstream;
  }

  get sni(): string {
    return this.downstream.sni;
  }

  get httpVersion(): string {
    if (this.downstream.http2) return '2';
    return this.head.minor === 0 ? '1.0' : '1.1';
  }

  get request(): RequestFacade {
    return (this.requestFacade ??= new RequestFacade(this));
  }

  get response(): ResponseFacade {
    return (this.responseFacade ??= new ResponseFacade(this));
  }

  get route(): RoutePlan | null {
    return this.routePlan;
  }

  get service(): ServicePlan | null {
    return this.routePlan === null ? null : this.routePlan.service;
  }

  // The request as it stands

  /** What the service is asked with. */
  get outgoingMethod(): string {
    return this.changedMethod ?? this.method;
  }

  /** Request fields as plugins find them and may change them. */
  changeableFields(): Fields {
    return (this.requestFields ??= new Fields(this.head));
  }

  headerValues(name: string): readonly string[] {
    return this.changeableFields().getAll(name);
  }

  foldedHeaderValues(name: string): readonly string[] {
    const head = this.head;
    const values: string[] = [];
    for (let i = 0; i < head.count; i++) if (head.nameFoldsTo(i, name)) values.push(head.value(i));
    return values;
  }

  // Who asks

  authenticate(
    consumer: ConsumerInfo | null,
    credential: CredentialInfo | null,
    identifier?: string,
  ): void {
    identity.identify(this, consumer, credential, identifier);
  }

  get identity(): Identity {
    return identity.identityOf(this);
  }

  authenticateAgain(known: Identity): void {
    identity.identifyAgain(this, known);
  }

  authenticateAnonymous(consumer: ConsumerInfo): void {
    identity.identifyAsAnonymous(this, consumer);
  }

  addUpstreamLines(lines: string): void {
    this.upstreamLines += lines;
  }

  joinUpstreamLines(): void {
    identity.joinUpstreamLines(this);
  }

  // Who answers, and what

  get answered(): boolean {
    return this.local !== null || this.finished;
  }

  get ownAnswer(): OwnAnswerFacade | null {
    return this.local === null || this.finished ? null : new OwnAnswerFacade(this);
  }

  get fromUpstream(): boolean {
    return this.local === null && this.responseHead !== null;
  }

  respond(status: number, body?: string | Uint8Array | object | null, headers?: Headers): void {
    answerWith(this, status, body, headers);
  }

  error(status: number, message: string, headers?: Headers): void {
    if (headers !== undefined) refuseFraming(headers);
    this.fail({ status, message, reason: this.reason ?? 'plugin' }, headers);
  }

  /** Answers with an error of the catalogue, in the form that the client accepts. */
  fail(answer: Answer, headers?: Headers): void {
    answerError(this, answer, headers);
  }

  // What plugins keep with it

  share(name: string, value: string): void {
    (this.sharedValues ??= new Map()).set(name, value);
  }

  shared(name: string): string | undefined {
    return this.sharedValues?.get(name);
  }

  setState(key: symbol, value: unknown): void {
    this.stateKey ??= key;
    if (key === this.stateKey) this.stateValue = value;
    else (this.moreStates ??= new Map()).set(key, value);
  }

  state(key: symbol): unknown {
    return key === this.stateKey ? this.stateValue : this.moreStates?.get(key);
  }

  /**
   * Lets go of what is used again for other exchanges. A plugin that still works on this one, since
   * it waited for something when the client went away, must not see them.
   */
  release(): void {
    this.head = NO_HEAD;
    this.requestFields = null;
    this.responseHead = null;
    this.responseFields = null;
    this.heldBody = null;
    this.upstreamRequest = null;
  }
}
