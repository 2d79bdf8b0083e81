import { randomUUID } from 'node:crypto';
import { OperatorError } from '../errors.ts';
import { CAN_SHARE_PORT } from '../proxy/net/port-sharing.ts';
import type { Address, NodeSettings } from '../settings/node-settings.ts';
import type { ResolvedOption } from '../settings/resolve.ts';
import { createCounterMemory } from '../shm/counter-table.ts';
import { createMetricMemory } from '../shm/metric-block.ts';
import { createHealthMemory } from '../shm/target-health.ts';
import { delta } from '../snapshot/delta.ts';
import type { ThreadSeed } from '../snapshot/messages.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { StoreUnavailable } from '../store/contract.ts';
import { MetricsCollector } from '../telemetry/exposition.ts';
import { prepareLogTarget } from '../telemetry/log-target.ts';
import { metricCells } from '../telemetry/series-allocator.ts';
import { version } from '../version.ts';
import type { AdministeredNode } from './administered-node.ts';
import { nodeIdOf } from './disk/node-id.ts';
import { GarbageCollector } from './garbage-collector.ts';
import type { LeveledLog } from './gateway-log.ts';
import { greeting } from './greeting.ts';
import { TargetStates } from './health/target-states.ts';
import { ConfigurationError } from './load.ts';
import { LogLevelSwitch } from './log-level.ts';
import type { NodeListener, OpenAdmin } from './node-parts.ts';
import { NodeReports } from './node-reports.ts';
import { checkAddresses } from './ports.ts';
import { Publisher } from './publisher.ts';
import { openSource, type OpenedSource } from './source/open-source.ts';
import { followLogLevel } from './shared-log-level.ts';
import { StatusServer } from './status-server.ts';
import type { NodeStatus, NotReady } from './status-source.ts';
import { ThreadPool } from './threads.ts';
import {
  adminAuthentication,
  adminWarnings,
  checkAdminSettings,
} from './tokens/admin-authentication.ts';
import { watchFile } from './watch.ts';
import type { FileWatch } from './watch.ts';

const workerEntry = new URL(
  import.meta.url.endsWith('.ts') ? '../proxy/worker.ts' : '../proxy/worker.js',
  import.meta.url,
);

/** Addresses of targets whose health is kept at most: 1 MiB. */
const HEALTH_SLOTS = 32_768;

/** How long the store may take to be closed, ms. */
const LONGEST_CLOSE = 3000;

export interface GatewayNodeOptions {
  readonly settings: NodeSettings;
  /** Every setting and who gave it, for those who ask the node. */
  readonly resolved: readonly ResolvedOption[];
  readonly log: LeveledLog;
  /** Opens the Admin API, if the settings want one. */
  readonly openAdmin: OpenAdmin;
}

/** One node of the gateway: its configuration, its proxy threads, its other listeners. */
export class GatewayNode implements AdministeredNode {
  readonly settings: readonly ResolvedOption[];
  readonly logLevel: LogLevelSwitch;
  readonly reports: NodeReports;
  readonly targets: TargetStates;
  readonly #options: GatewayNodeOptions;
  readonly #startedAt = Date.now();
  readonly #collector = new MetricsCollector();
  readonly #counters: SharedArrayBuffer;
  readonly #health = createHealthMemory(HEALTH_SLOTS);
  readonly #publisher = new Publisher<Snapshot>(delta);
  readonly #garbage = new GarbageCollector();
  #nodeId: string = randomUUID();
  #opened: OpenedSource | null = null;
  #pool: ThreadPool<Snapshot> | null = null;
  #statusServer: StatusServer | null = null;
  #admin: NodeListener | null = null;
  #watch: FileWatch | null = null;
  #listen: readonly Address[] = [];
  #phase: 'starting' | 'serving' | 'draining' = 'starting';
  /** Why to load the configuration again as soon as the first one is served. */
  #reloadLater: string | null = null;

  constructor(options: GatewayNodeOptions) {
    this.#options = options;
    const { settings, resolved, log } = options;
    this.settings = resolved;
    this.logLevel = new LogLevelSwitch(log);
    this.#counters = createCounterMemory(settings.counterSlots);
    const tables = () => this.#publisher.newest?.tables ?? null;
    this.targets = new TargetStates({ memory: this.#health, tables });
    this.reports = new NodeReports({
      source: this,
      collector: this.#collector,
      counters: this.#counters,
      targets: this.targets,
      tables,
    });
  }

  get nodeId(): string {
    return this.#nodeId;
  }

  /**
   * Starts everything; done when every thread listens.
   *
   * @throws OperatorError; nothing runs then
   */
  async start(): Promise<void> {
    const { settings, log } = this.#options;
    const { config, proxyListen, statusListen, watch, accessLog, admin } = settings;
    try {
      const listen = await checkAddresses(proxyListen, '--proxy-listen');
      if (admin.listen !== null) await checkAddresses([admin.listen], '--admin-listen');
      checkAdminSettings(admin);
      if (accessLog !== 'off') prepareLogTarget(accessLog);
      // Before the file is read, so that no change is missed.
      if (watch && config !== null) {
        this.#watch = watchFile(config, () => this.reload('the file changed'));
      }
      if (statusListen !== null) await this.#openStatus(statusListen);
      this.#listen = listen;
      const opened = await openSource(settings, (snapshot) => this.#publish(snapshot), log);
      this.#opened = opened;
      if (config === null) followLogLevel(opened.source.live.store, this.logLevel);
      if (opened.folder !== null) this.#nodeId = nodeIdOf(opened.folder);
      const authenticate = await adminAuthentication(opened, settings.admin, log);
      const { revision, hash } = await opened.source.first();
      if (admin.listen !== null) {
        this.#admin = await this.#options.openAdmin(admin.listen, {
          live: opened.source.live,
          node: this,
          authenticate,
          corsOrigins: admin.corsOrigins,
          log,
        });
      }
      this.#phase = 'serving';
      this.#garbage.collectSoon();
      const listeners = { proxy: listen, admin: this.#admin, status: this.#statusServer };
      log.info(greeting(listeners), { workers: this.#pool?.status.length, revision, hash });
      if (this.#reloadLater !== null) this.reload(this.#reloadLater);
    } catch (error) {
      await this.terminate();
      throw asOperatorError(error);
    }
  }

  /** Looks for another configuration; a bad one is logged and refused. */
  reload(cause: string): void {
    if (this.#phase === 'starting') this.#reloadLater = cause;
    if (this.#phase !== 'serving') return;
    this.#garbage.hold();
    void this.#opened?.source.reload(cause).then(() => this.#garbage.collectSoon());
  }

  reopenLogs(): void {
    this.#pool?.reopenLogs();
  }

  /** Stops accepting, lets requests end up to the drain timeout, then ends everything. */
  async stop(): Promise<void> {
    const { log, settings } = this.#options;
    const { drainTimeout } = settings;
    this.#phase = 'draining';
    this.#watch?.close();
    log.info('draining', { timeout_ms: drainTimeout });
    await Promise.all([this.#pool?.drain(drainTimeout), this.#admin?.close()]);
    await this.#closeSource();
    await this.#statusServer?.close();
    this.targets.close();
    log.info('stopped');
  }

  /** Ends everything at once. */
  async terminate(): Promise<void> {
    this.#phase = 'draining';
    this.#watch?.close();
    this.#pool?.terminate();
    await this.#admin?.close();
    await this.#closeSource();
    await this.#statusServer?.close();
    this.targets.close();
  }

  status(): NodeStatus {
    const source = this.#opened?.source;
    const { lastReload = null, lastSuccess = null, failures = 0 } = source?.status ?? {};
    return {
      version,
      nodeId: this.#nodeId,
      startedAt: this.#startedAt,
      listen: this.#phase === 'starting' ? [] : this.#listen,
      served: this.#publisher.served,
      pendingRevision: this.#publisher.pending?.revision ?? null,
      threads: this.#pool?.status ?? [],
      lastReload,
      lastSuccess,
      reloadFailures: failures,
      notReady: this.#notReady(),
      store: source?.status.store ?? null,
      warnings: [...adminWarnings(this.#options.settings.admin), ...(source?.caveats ?? [])],
    };
  }

  /** A database that does not answer must not keep the node from ending. */
  async #closeSource(): Promise<void> {
    const closed = this.#opened?.source.close();
    const { promise: late, resolve } = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => resolve('late'), LONGEST_CLOSE);
    if ((await Promise.race([closed, late])) === 'late') {
      this.#options.log.warn('the store of the configuration could not be closed in order');
    }
    clearTimeout(timer);
  }

  /** The first time it starts the threads, which listen when they have their configuration. */
  async #publish(snapshot: Snapshot): Promise<void> {
    if (this.#pool !== null) return this.#publisher.publish(snapshot);
    const pool = (this.#pool = this.#startThreads());
    // All at once, so that the configuration is turned to messages once for all.
    await pool.ready;
    await Promise.all([this.#publisher.publish(snapshot), pool.listening]);
  }

  #startThreads(): ThreadPool<Snapshot> {
    const { log } = this.#options;
    const { workers, drainTimeout, metricsMaxSeries } = this.#options.settings;
    // Threads have no use for what leads to the store.
    const settings = { ...this.#options.settings, proxyListen: this.#listen, database: null };
    if (workers > 1 && !CAN_SHARE_PORT) {
      log.warn('one proxy thread only: on this system threads cannot share a port');
    }
    return new ThreadPool<Snapshot>(CAN_SHARE_PORT ? workers : 1, {
      entry: workerEntry,
      publisher: this.#publisher,
      log,
      drainTimeout,
      reusePort: CAN_SHARE_PORT,
      seed: (threadIndex): ThreadSeed => {
        const metrics = createMetricMemory(metricCells(metricsMaxSeries));
        const seed = { threadIndex, settings, counters: this.#counters, metrics };
        this.#collector.attach(seed);
        return { ...seed, health: this.#health, nodeId: this.#nodeId };
      },
      onSeries: (thread, message) => this.#collector.receive(thread, message),
      onEnded: (thread) => this.#collector.retire(thread),
    });
  }

  async #openStatus(address: Address): Promise<void> {
    const { log } = this.#options;
    this.#statusServer = await StatusServer.open(address, {
      source: this,
      reports: this.reports,
      log,
    });
  }

  #notReady(): NotReady | null {
    if (this.#phase === 'draining') return 'draining';
    if (this.#phase === 'starting') return 'no configuration available';
    // One thread is enough: another that is being replaced must not take the node out of service.
    const serves = this.#pool?.status.some(({ state }) => state === 'running') === true;
    return serves ? null : 'threads starting';
  }
}

/** What kept the gateway from starting, as one message. */
function asOperatorError(error: unknown): unknown {
  if (error instanceof OperatorError) return error;
  if (error instanceof ConfigurationError) {
    const { problems } = error;
    const [only = ''] = problems;
    return new OperatorError(
      problems.length === 1 ? only : [`${problems.length} problems`, ...problems].join('\n  '),
      { cause: error },
    );
  }
  if (error instanceof StoreUnavailable) {
    return new OperatorError(`the store of the configuration cannot be used: ${error.message}`, {
      help: error.help ?? 'Its place is told by --data DIR and --database URL.',
      cause: error,
    });
  }
  const [reason = ''] = (error as Error).message.split('\n');
  return new OperatorError(`a proxy thread could not start: ${reason}`, { cause: error });
}
