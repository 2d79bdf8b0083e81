import type {
  ConnectionInfo,
  ConsumerInfo,
  CredentialInfo,
  Exchange,
  TlsInfo,
} from '../plugin/exchange.ts';
import { IDENTITY_NAMES } from '../plugin/identity-names.ts';
import { withoutPadding } from '../plugin/padding.ts';
import type {
  ConsumerMemo,
  ExchangeRecord,
  WebSocketRecord,
} from '../telemetry/exchange-record.ts';
import type { Answer } from './answers.ts';
import type { Downstream } from './downstream.ts';
import { refuseFraming } from './framing-fields.ts';
import { grpcStatusIn } from './grpc-answer.ts';
import type { HeldBody } from './held-body.ts';
import { Fields } from './http1/fields.ts';
import { UPGRADE } from './http1/known-fields.ts';
import { RequestHead } from './http1/request-head.ts';
import type { ResponseHead } from './http1/response-head.ts';
import { OwnAnswerFacade } from './own-answer-facade.ts';
import { answerError, answerWith, type LocalAnswer } from './own-answers.ts';
import { Consumer, Credential, identifierLine } from './plan/consumer.ts';
import type { Plan, PluginInstance, RoutePlan, ServicePlan } from './plan/plan.ts';
import type { RequestBody } from './request-body.ts';
import { createRequestId } from './request-id.ts';
import { RequestFacade } from './request-facade.ts';
import { ResponseFacade } from './response-facade.ts';
import type { PathPattern } from './router/path-pattern.ts';
import type { RouteQuery } from './router/router.ts';
import type { ProxyThread } from './thread.ts';
import type { Tunnel } from './tunnel/tunnel.ts';
import type { Asking, Placement } from './upstream/algorithm.ts';
import type { Peer } from './upstream/balancer.ts';
import type { UpstreamRequest } from './upstream/request-lines.ts';
import type { UpstreamExchange } from './upstream/upstream-exchange.ts';

const NO_INSTANCES: readonly PluginInstance[] = [];
const NO_NAMES: readonly string[] = [];
const NO_HEAD = new RequestHead();

/** HTTP/2 anywhere in an `Upgrade`. In a tunnel its requests would reach the upstream unchecked. */
const HTTP2 = /(?:^|[,\s])h2c?(?:$|[,/\s])/i;

/**
 * One request and its response, from the first byte to the log: what plugins see, what the router
 * asks and what the access line tells. How it goes through its phases stands in `lifecycle.ts`.
 */
export class HttpExchange implements Exchange, ExchangeRecord, RouteQuery, Asking {
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
  /** `upstreamLines` of earlier plugins are among `requestFields`. */
  private hasJoinedLines = false;
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

  // What plugins see

  get id(): string {
    return (this.requestId ??= createRequestId());
  }

  get startedAt(): number {
    return this.thread.clock.wallOf(this.begin);
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

  get answered(): boolean {
    return this.local !== null || this.finished;
  }

  get ownAnswer(): OwnAnswerFacade | null {
    return this.local === null || this.finished ? null : new OwnAnswerFacade(this);
  }

  get fromUpstream(): boolean {
    return this.local === null && this.responseHead !== null;
  }

  authenticate(
    consumer: ConsumerInfo | null,
    credential: CredentialInfo | null,
    identifier?: string,
  ): void {
    this.forgetIdentity();
    this.consumer = consumer;
    this.credential = credential;
    if (
      credential instanceof Credential &&
      consumer === credential.owner &&
      identifier === credential.id
    ) {
      this.upstreamLines = credential.identityLines;
      return;
    }
    this.upstreamLines = consumer === null ? '' : consumer.headerLines;
    if (identifier !== undefined) this.upstreamLines += identifierLine(identifier);
  }

  authenticateAnonymous(consumer: ConsumerInfo): void {
    this.forgetIdentity();
    this.consumer = consumer;
    this.credential = null;
    this.upstreamLines = `${consumer.headerLines}X-Anonymous-Consumer: true\r\n`;
  }

  addUpstreamLines(lines: string): void {
    this.upstreamLines += lines;
  }

  /** What was said of another identity goes, wherever it stands. */
  private forgetIdentity(): void {
    if (this.hasJoinedLines) this.requestFields?.setLines(IDENTITY_NAMES, '');
  }

  joinUpstreamLines(): void {
    const claimed = this.hasJoinedLines ? NO_NAMES : IDENTITY_NAMES;
    this.hasJoinedLines = true;
    (this.requestFields ??= new Fields(this.head)).setLines(claimed, this.upstreamLines);
    this.upstreamLines = '';
  }

  share(name: string, value: string): void {
    (this.sharedValues ??= new Map()).set(name, value);
  }

  shared(name: string): string | undefined {
    return this.sharedValues?.get(name);
  }

  respond(
    status: number,
    body?: string | Uint8Array | object | null,
    headers?: Readonly<Record<string, string>>,
  ): void {
    answerWith(this, status, body, headers);
  }

  error(status: number, message: string, headers?: Readonly<Record<string, string>>): void {
    if (headers !== undefined) refuseFraming(headers);
    this.fail({ status, message, reason: this.reason ?? 'plugin' }, headers);
  }

  setState(key: symbol, value: unknown): void {
    this.stateKey ??= key;
    if (key === this.stateKey) this.stateValue = value;
    else (this.moreStates ??= new Map()).set(key, value);
  }

  state(key: symbol): unknown {
    return key === this.stateKey ? this.stateValue : this.moreStates?.get(key);
  }

  // What the gateway itself needs

  /** Answers with an error of the catalogue, in the form that the client accepts. */
  fail(answer: Answer, headers?: Readonly<Record<string, string>>): void {
    answerError(this, answer, headers);
  }

  /** The upstream's response is complete. */
  upstreamEnded({ head, trailers }: UpstreamExchange): void {
    this.upstreamEndAt = this.thread.time;
    this.upstream = null;
    // No client of gRPC comes without HTTP/2.
    if (this.downstream.http2) this.grpcStatus = grpcStatusIn(head, trailers);
  }

  /** Marks the answer just given as the work of a plugin, unless a reason stands already. */
  blame(pluginName: string): void {
    if (this.reason === null || this.reason === 'plugin') this.reason = `plugin:${pluginName}`;
  }

  get connection(): ConnectionInfo {
    return this.downstream;
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

  /** What the service is asked with. */
  get outgoingMethod(): string {
    return this.changedMethod ?? this.method;
  }

  headerValues(name: string): readonly string[] {
    return (this.requestFields ??= new Fields(this.head)).getAll(name);
  }

  foldedHeaderValues(name: string): readonly string[] {
    const head = this.head;
    const values: string[] = [];
    for (let i = 0; i < head.count; i++) if (head.nameFoldsTo(i, name)) values.push(head.value(i));
    return values;
  }

  /** The client asks to switch protocols, to one that may pass: HTTP/2 has its own way in. */
  get wantsUpgrade(): boolean {
    if (!this.head.upgrade || this.body !== null) return false;
    return !HTTP2.test(this.head.known(UPGRADE)!);
  }

  /** Whether the client asked for the protocols that an upstream's `Upgrade` names. */
  askedFor(protocols: string): boolean {
    if (!this.wantsUpgrade) return false;
    const asked = listed(this.head.known(UPGRADE)!);
    return listed(protocols).every((protocol) => asked.includes(protocol));
  }

  get sni(): string {
    return this.downstream.sni;
  }

  get tls(): TlsInfo | null {
    return this.downstream.tls;
  }

  // What is told afterwards

  get revision(): number {
    return this.plan.revision;
  }

  get httpVersion(): string {
    if (this.downstream.http2) return '2';
    return this.head.minor === 0 ? '1.0' : '1.1';
  }

  get routeId(): string | null {
    return this.routePlan === null ? null : this.routePlan.id;
  }

  get routeName(): string | null {
    return this.routePlan === null ? null : this.routePlan.name;
  }

  get serviceId(): string | null {
    return this.service?.id ?? null;
  }

  get serviceName(): string | null {
    return this.service?.name ?? null;
  }

  get consumerId(): string | null {
    return this.consumer === null ? null : this.consumer.id;
  }

  get consumerName(): string | null {
    return this.consumer === null ? null : this.consumer.username;
  }

  get credentialId(): string | null {
    return this.credential === null ? null : this.credential.id;
  }

  get consumerMemo(): ConsumerMemo | null {
    return this.consumer instanceof Consumer ? this.consumer : null;
  }

  get source(): 'upstream' | 'gateway' {
    return this.local === null && this.responseHead !== null ? 'upstream' : 'gateway';
  }

  get upstreamAddress(): string | null {
    return this.upstreamPeer === null ? null : this.upstreamPeer.name;
  }

  get webSocket(): WebSocketRecord | null {
    return this.tunnel === null ? null : this.tunnel.webSocket;
  }

  get totalMs(): number {
    return this.endedAt - this.begin;
  }

  get upstreamMs(): number {
    if (this.dispatchedAt === -1) return -1;
    return (this.upstreamEndAt === -1 ? this.endedAt : this.upstreamEndAt) - this.dispatchedAt;
  }

  get gatewayMs(): number {
    const waited = this.dispatchedAt === -1 ? 0 : this.upstreamHeadAt - this.dispatchedAt;
    const until = this.upstreamHeadAt === -1 ? this.endedAt : this.upstreamHeadAt;
    return Math.max(0, until - this.begin - Math.max(0, waited));
  }
}

function listed(value: string): string[] {
  return value.split(',').map((part) => withoutPadding(part).toLowerCase());
}
