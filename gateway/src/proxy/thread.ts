import type { NodeSettings } from '../settings/node-settings.ts';
import type { CutOff, FromThread } from '../snapshot/messages.ts';
import type { ExchangeRecord } from '../telemetry/exchange-record.ts';
import type { RequestMetrics, RouteSeries, WebSocketCounts } from '../telemetry/request-metrics.ts';
import type { SessionRecord } from '../telemetry/session-record.ts';
import { BodyRoom } from './body-room.ts';
import { SpareHeads } from './client/spare-heads.ts';
import { ThreadClock } from './clock.ts';
import { CopyPool } from './copy-pool.ts';
import type { HttpExchange } from './exchange/exchange.ts';
import { FinishedExchange } from './exchange/finished-exchange.ts';
import { createHeaderNames, type HeaderNames } from './header-names.ts';
import { Lifecycle } from './lifecycle.ts';
import { OpenSessions, type RouteSession } from './open-sessions.ts';
import { createClientAddress, type ClientAddress } from './client-address.ts';
import { ClientAsking } from './net/client-asking.ts';
import { HandshakeLimit } from './net/handshake-limit.ts';
import { RefusedClients } from './net/refused-clients.ts';
import { StreamBuffers } from './stream-buffers.ts';
import type { Plan, PluginInstance, RoutePlan } from './plan/plan.ts';
import type { MatchResult } from './router/router.ts';
import { TimerWheel } from './timer-wheel.ts';
import { WebSockets } from './tunnel/web-sockets.ts';
import { ConnectionPool } from './upstream/connection-pool.ts';
import { PlainDialer } from './upstream/dialer.ts';
import { endpointOf } from './upstream/balancing/place.ts';

/** Bytes read at once. One buffer serves all sockets of a thread: what is read is used at once. */
const READ_SIZE = 64 * 1024;

export interface ThreadParts {
  readonly settings: NodeSettings;
  readonly version: string;
  readonly metrics: RequestMetrics;
  /** Writes the access line of a finished exchange; null when there is no access log. */
  readonly logAccess: ((record: ExchangeRecord) => void) | null;
  /** The same for a stream that has ended. */
  readonly logSession: ((record: SessionRecord) => void) | null;
  readonly post: (message: FromThread) => void;
}

/** A client's connection, whatever it is doing. */
export interface OpenConnection {
  /** Closes it unless a request is under way. */
  closeIfIdle(): void;
  /** Ends it whatever it is doing. */
  destroy(): void;
}

/** What a plugin worked on when it failed: a request or a stream. */
export interface FailedFor {
  readonly id: string;
  readonly route: { readonly id: string; readonly name: string | null } | null;
}

/** What all connections of one proxy thread share. */
export class ProxyThread {
  readonly settings: NodeSettings;
  readonly names: HeaderNames;
  readonly buffer = Buffer.allocUnsafeSlow(READ_SIZE);
  readonly copies = new CopyPool(READ_SIZE);
  readonly heads = new SpareHeads();
  readonly clock = new ThreadClock();
  readonly wheel = new TimerWheel(() => performance.now());
  readonly lifecycle = new Lifecycle();
  readonly webSockets = new WebSockets();
  readonly bodyRoom: BodyRoom;
  readonly clientAddress: ClientAddress;
  readonly clientAsking: ClientAsking;
  readonly handshakes: HandshakeLimit;
  readonly match: MatchResult<RoutePlan> = { target: null, matchedLength: 0, pattern: null };
  readonly metrics: RequestMetrics;
  /** Set before the thread listens. */
  plan!: Plan;
  /** No further request is taken on a connection once it is free. */
  draining = false;
  upstreamOpen = 0;
  upstreamIdle = 0;
  /** Exchanges that have begun and not ended. */
  inFlight = 0;

  readonly sessions = new OpenSessions();
  readonly refusedClients = new RefusedClients();
  private streams: StreamBuffers | null = null;

  private readonly logSession: ((record: SessionRecord) => void) | null;
  private readonly finished = new FinishedExchange();
  private readonly logAccess: ((record: ExchangeRecord) => void) | null;
  private readonly post: (message: FromThread) => void;
  private readonly connections = new Set<OpenConnection>();
  private readonly pools = new Map<string, ConnectionPool>();
  private serial = 0;
  private onEmpty: (() => void) | null = null;

  constructor(parts: ThreadParts) {
    this.settings = parts.settings;
    this.names = createHeaderNames(parts.settings, parts.version);
    this.clientAddress = createClientAddress(parts.settings);
    this.clientAsking = new ClientAsking(parts.settings.tls);
    this.bodyRoom = new BodyRoom(parts.settings.heldBodies, (message) => this.warn(message));
    this.handshakes = new HandshakeLimit(parts.settings.tls.maxHandshakes);
    this.metrics = parts.metrics;
    this.logAccess = parts.logAccess;
    this.logSession = parts.logSession;
    this.post = parts.post;
  }

  /** Made by the first stream: a thread without any has no need of them. */
  get streamBuffers(): StreamBuffers {
    return (this.streams ??= new StreamBuffers(this.copies));
  }

  /** Reads the monotonic clock, ms with a fraction. */
  now(): number {
    return this.clock.now();
  }

  /** The clock's last reading: exact enough for deadlines, and free. */
  get time(): number {
    return this.clock.time;
  }

  /** Connections without TLS to an address of IP, or to `unix:` with a path. */
  poolFor(address: string, port: number): ConnectionPool {
    const key = `${address} ${port}`;
    let pool = this.pools.get(key);
    if (pool === undefined) {
      pool = new ConnectionPool(this, new PlainDialer(endpointOf(address, port), 0));
      this.pools.set(key, pool);
    }
    return pool;
  }

  /** Tells the operator of something that needs looking at. */
  warn(message: string): void {
    this.post({ type: 'log', level: 'warn', message });
  }

  /** Tells the operator of something that is as it should be, but may be looked for. */
  inform(message: string): void {
    this.post({ type: 'log', level: 'info', message });
  }

  /** Serves another configuration from now on. */
  usePlan(plan: Plan): void {
    this.plan = plan;
    this.webSockets.useRoutes(plan);
    this.sessions.follow(plan.streams);
  }

  /** Number of the next client connection. */
  nextSerial(): number {
    return ++this.serial;
  }

  connectionOpened(connection: OpenConnection): void {
    this.connections.add(connection);
    this.metrics.connectionOpened();
  }

  /** A connection goes on as another, such as when its handshake is done. */
  connectionBecame(before: OpenConnection, after: OpenConnection): void {
    if (this.connections.delete(before)) this.connections.add(after);
    else after.destroy();
  }

  connectionClosed(connection: OpenConnection): void {
    if (!this.connections.delete(connection)) return;
    this.metrics.connectionClosed();
    if (this.connections.size === 0) this.onEmpty?.();
  }

  exchangeFinished(ex: HttpExchange): void {
    this.inFlight--;
    ex.body?.letGo();
    ex.heldBody?.letGo();
    const record = this.finished.of(ex);
    this.metrics.count(this.seriesOf(ex.routePlan), record);
    if (this.logAccess !== null) this.logAccess(record);
    record.letGo();
  }

  /** Where what passes in a WebSocket of this route is counted. */
  webSocketCounts(route: RoutePlan): WebSocketCounts {
    return this.metrics.webSockets(this.seriesOf(route));
  }

  sessionOpened(session: RouteSession): void {
    this.sessions.add(session);
    this.metrics.sessionOpened();
  }

  sessionEnded(
    session: RouteSession & { readonly route: RoutePlan | null },
    record: SessionRecord,
  ): void {
    this.sessions.delete(session);
    this.metrics.sessionEnded(this.seriesOf(session.route), record);
    if (this.logSession !== null) this.logSession(record);
  }

  private seriesOf(route: RoutePlan | null): RouteSeries {
    return route === null ? this.unrouted() : (route.series ??= this.newSeriesOf(route));
  }

  private newSeriesOf(route: RoutePlan): RouteSeries {
    const { service } = route;
    const serviceLabel = service === null ? '' : (service.name ?? service.host);
    return this.metrics.series(serviceLabel, route.name ?? route.id);
  }

  private unroutedSeries: RouteSeries | null = null;

  private unrouted(): RouteSeries {
    return (this.unroutedSeries ??= this.metrics.series('', ''));
  }

  /** A handler of a plugin threw: logged with who and what, never told to the client. */
  pluginFailed(instance: PluginInstance, ex: FailedFor, error: unknown): void {
    const { id, name } = instance.info;
    this.metrics.pluginFailed(name);
    this.post({
      type: 'log',
      level: 'error',
      message: `plugin '${name}' (${id}) failed: ${error instanceof Error ? error.message : String(error)}`,
      details: {
        plugin: name,
        plugin_id: id,
        request_id: ex.id,
        route: ex.route === null ? null : (ex.route.name ?? ex.route.id),
        stack: error instanceof Error ? error.stack : undefined,
      },
    });
  }

  /**
   * Lets open requests end and closes everything; resolves at the latest after `timeout` ms.
   *
   * @returns what was cut off then
   */
  async drain(timeout: number): Promise<CutOff> {
    this.draining = true;
    // The other half is for those that are told last.
    this.webSockets.drain(timeout / 2);
    let cut: CutOff = { requests: 0, streams: 0 };
    for (const connection of [...this.connections]) connection.closeIfIdle();
    if (this.connections.size > 0) {
      const timer = setTimeout(() => {
        cut = { requests: this.inFlight, streams: this.sessions.size };
        for (const connection of [...this.connections]) connection.destroy();
      }, timeout);
      await new Promise<void>((resolve) => (this.onEmpty = resolve));
      clearTimeout(timer);
    }
    for (const pool of this.pools.values()) pool.retire();
    this.clock.stop();
    return cut;
  }
}
