import type { TlsInfo } from '../../plugin/exchange.ts';
import type {
  ConsumerMemo,
  ExchangeRecord,
  WebSocketRecord,
} from '../../telemetry/exchange-record.ts';
import { Consumer } from '../plan/consumer.ts';
import type { HttpExchange } from './exchange.ts';

/**
 * What is told of an exchange when it is over. A thread has one, which looks at one exchange after the
 * other: whoever is told takes what it needs at once.
 */
export class FinishedExchange implements ExchangeRecord {
  private current: HttpExchange | null = null;

  /** @returns itself, telling of this exchange until it is let go of */
  of(exchange: HttpExchange): this {
    this.current = exchange;
    return this;
  }

  /** A thread that waits for its next request is not to keep the last, and the configuration behind it. */
  letGo(): void {
    this.current = null;
  }

  private get ex(): HttpExchange {
    return this.current!;
  }

  get id(): string {
    return this.ex.id;
  }

  get revision(): number {
    return this.ex.plan.revision;
  }

  // Who asked, and for what

  get startedAt(): number {
    return this.ex.startedAt;
  }

  get clientIp(): string {
    return this.ex.clientIp;
  }

  get clientPort(): number {
    return this.ex.clientPort;
  }

  get method(): string {
    return this.ex.method;
  }

  get scheme(): string {
    return this.ex.scheme;
  }

  get tls(): TlsInfo | null {
    return this.ex.downstream.tls;
  }

  get hostHeader(): string {
    return this.ex.hostHeader;
  }

  get rawPath(): string {
    return this.ex.rawPath;
  }

  get httpVersion(): string {
    return this.ex.httpVersion;
  }

  get consumerId(): string | null {
    const { consumer } = this.ex;
    return consumer === null ? null : consumer.id;
  }

  get consumerName(): string | null {
    const { consumer } = this.ex;
    return consumer === null ? null : consumer.username;
  }

  get consumerMemo(): ConsumerMemo | null {
    const { consumer } = this.ex;
    return consumer instanceof Consumer ? consumer : null;
  }

  get credentialId(): string | null {
    const { credential } = this.ex;
    return credential === null ? null : credential.id;
  }

  // Where it went

  get routeId(): string | null {
    const { route } = this.ex;
    return route === null ? null : route.id;
  }

  get routeName(): string | null {
    const { route } = this.ex;
    return route === null ? null : route.name;
  }

  get serviceId(): string | null {
    return this.ex.service?.id ?? null;
  }

  get serviceName(): string | null {
    return this.ex.service?.name ?? null;
  }

  get tries(): number {
    return this.ex.tries;
  }

  get upstreamAddress(): string | null {
    const { upstreamPeer } = this.ex;
    return upstreamPeer === null ? null : upstreamPeer.name;
  }

  get upstreamStatus(): number {
    return this.ex.upstreamStatus;
  }

  // What came of it

  get status(): number {
    return this.ex.status;
  }

  get grpcStatus(): number {
    return this.ex.grpcStatus;
  }

  get source(): 'upstream' | 'gateway' {
    return this.ex.fromUpstream ? 'upstream' : 'gateway';
  }

  get reason(): string | null {
    return this.ex.reason;
  }

  get aborted(): 'client' | 'upstream' | null {
    return this.ex.aborted;
  }

  get webSocket(): WebSocketRecord | null {
    const { tunnel } = this.ex;
    return tunnel === null ? null : tunnel.webSocket;
  }

  get bytesIn(): number {
    return this.ex.bytesIn;
  }

  get bytesOut(): number {
    return this.ex.bytesOut;
  }

  // How long it took

  get totalMs(): number {
    return this.ex.endedAt - this.ex.begin;
  }

  get upstreamMs(): number {
    const { dispatchedAt, upstreamEndAt, endedAt } = this.ex;
    if (dispatchedAt === -1) return -1;
    return (upstreamEndAt === -1 ? endedAt : upstreamEndAt) - dispatchedAt;
  }

  get gatewayMs(): number {
    const { begin, dispatchedAt, upstreamHeadAt, endedAt } = this.ex;
    const waited = dispatchedAt === -1 ? 0 : upstreamHeadAt - dispatchedAt;
    const until = upstreamHeadAt === -1 ? endedAt : upstreamHeadAt;
    return Math.max(0, until - begin - Math.max(0, waited));
  }
}
