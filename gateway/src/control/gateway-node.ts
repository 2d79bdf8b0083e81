import { randomUUID } from 'node:crypto';
import { OperatorError } from '../errors.ts';
import { CAN_SHARE_PORT } from '../proxy/net/port-sharing.ts';
import { formatAddress } from '../settings/network-kinds.ts';
import type { Address, NodeSettings } from '../settings/node-settings.ts';
import { createCounterMemory } from '../shm/counter-table.ts';
import { createMetricMemory } from '../shm/metric-block.ts';
import { delta } from '../snapshot/delta.ts';
import type { ThreadSeed } from '../snapshot/messages.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { MetricsCollector } from '../telemetry/exposition.ts';
import { prepareLogTarget } from '../telemetry/log-target.ts';
import { metricCells } from '../telemetry/series-allocator.ts';
import { version } from '../version.ts';
import { GarbageCollector } from './garbage-collector.ts';
import type { GatewayLog } from './gateway-log.ts';
import { ConfigurationError, ConfigurationFile } from './load.ts';
import { NodeReports } from './node-reports.ts';
import { checkAddresses } from './ports.ts';
import { Publisher } from './publisher.ts';
import { Reloader } from './reload.ts';
import { StatusServer } from './status-server.ts';
import type { NodeStatus, NotReady, StatusSource } from './status-source.ts';
import { ThreadPool } from './threads.ts';
import { watchFile } from './watch.ts';
import type { FileWatch } from './watch.ts';

const workerEntry = new URL(
  import.meta.url.endsWith('.ts') ? '../proxy/worker.ts' : '../proxy/worker.js',
  import.meta.url,
);

/** One node of the gateway: its configuration, its proxy threads, its status listener. */
export class GatewayNode implements StatusSource {
  readonly #settings: NodeSettings;
  readonly #log: GatewayLog;
  readonly #nodeId = randomUUID();
  readonly #startedAt = Date.now();
  readonly #collector = new MetricsCollector();
  readonly #counters: SharedArrayBuffer;
  readonly #reports: NodeReports;
  readonly #publisher = new Publisher<Snapshot>(delta);
  readonly #reloader: Reloader<Snapshot>;
  readonly #garbage = new GarbageCollector();
  #pool: ThreadPool<Snapshot> | null = null;
  #statusServer: StatusServer | null = null;
  #watch: FileWatch | null = null;
  #listen: readonly Address[] = [];
  #caveats: readonly string[] = [];
  #phase: 'starting' | 'serving' | 'draining' = 'starting';
  /** Why to load the configuration again as soon as the first one is served. */
  #reloadLater: string | null = null;

  constructor(settings: NodeSettings, log: GatewayLog) {
    this.#settings = settings;
    this.#log = log;
    this.#counters = createCounterMemory(settings.counterSlots);
    this.#reports = new NodeReports({
      source: this,
      collector: this.#collector,
      counters: this.#counters,
    });
    const file = new ConfigurationFile(settings.config);
    this.#reloader = new Reloader<Snapshot>({
      load: async (revision) => {
        const snapshot = await file.load(revision);
        this.#warnOf(file.caveats);
        return snapshot;
      },
      publish: (snapshot) => this.#publish(snapshot),
      log,
    });
  }

  /**
   * Starts everything; done when every thread listens.
   *
   * @throws OperatorError; nothing runs then
   */
  async start(): Promise<void> {
    const { config, proxyListen, statusListen, watch, accessLog } = this.#settings;
    try {
      const listen = await checkAddresses(proxyListen, '--proxy-listen');
      if (accessLog !== 'off') prepareLogTarget(accessLog);
      // Before the file is read, so that no change is missed.
      if (watch) this.#watch = watchFile(config, () => this.reload('the file changed'));
      if (statusListen !== null) await this.#openStatus(statusListen);
      this.#listen = listen;
      const { revision, hash } = await this.#reloader.first();
      this.#phase = 'serving';
      this.#garbage.collectSoon();
      this.#log.info(this.#greeting(), { workers: this.#pool?.status.length, revision, hash });
      if (this.#reloadLater !== null) this.reload(this.#reloadLater);
    } catch (error) {
      await this.terminate();
      throw asOperatorError(error);
    }
  }

  /** Loads the configuration again; a bad one is logged and refused. */
  reload(cause: string): void {
    if (this.#phase === 'starting') this.#reloadLater = cause;
    if (this.#phase !== 'serving') return;
    void this.#reloader.reload(cause).then(() => this.#garbage.collectSoon());
  }

  reopenLogs(): void {
    this.#pool?.reopenLogs();
  }

  /** Stops accepting, lets requests end up to the drain timeout, then ends everything. */
  async stop(): Promise<void> {
    const { drainTimeout } = this.#settings;
    this.#phase = 'draining';
    this.#watch?.close();
    this.#log.info('draining', { timeout_ms: drainTimeout });
    await this.#pool?.drain(drainTimeout);
    await this.#statusServer?.close();
    this.#log.info('stopped');
  }

  /** Ends everything at once. */
  async terminate(): Promise<void> {
    this.#phase = 'draining';
    this.#watch?.close();
    this.#pool?.terminate();
    await this.#statusServer?.close();
  }

  status(): NodeStatus {
    const { last, lastSuccess, failures } = this.#reloader;
    return {
      version,
      nodeId: this.#nodeId,
      startedAt: this.#startedAt,
      listen: this.#phase === 'starting' ? [] : this.#listen,
      served: this.#publisher.served,
      pendingRevision: this.#publisher.pending?.revision ?? null,
      threads: this.#pool?.status ?? [],
      lastReload: last,
      lastSuccess,
      reloadFailures: failures,
      notReady: this.#notReady(),
      database: null,
    };
  }

  /** What was told before is not told again with each reload. */
  #warnOf(caveats: readonly string[]): void {
    for (const caveat of caveats) if (!this.#caveats.includes(caveat)) this.#log.warn(caveat);
    this.#caveats = caveats;
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
    const { workers, drainTimeout, metricsMaxSeries } = this.#settings;
    const settings = { ...this.#settings, proxyListen: this.#listen };
    if (workers > 1 && !CAN_SHARE_PORT) {
      this.#log.warn('one proxy thread only: on this system threads cannot share a port');
    }
    return new ThreadPool<Snapshot>(CAN_SHARE_PORT ? workers : 1, {
      entry: workerEntry,
      publisher: this.#publisher,
      log: this.#log,
      drainTimeout,
      reusePort: CAN_SHARE_PORT,
      seed: (threadIndex): ThreadSeed => {
        const metrics = createMetricMemory(metricCells(metricsMaxSeries));
        const seed = { threadIndex, settings, counters: this.#counters, metrics };
        this.#collector.attach(seed);
        return { ...seed, nodeId: this.#nodeId };
      },
      onSeries: (thread, message) => this.#collector.receive(thread, message),
      onEnded: (thread) => this.#collector.retire(thread),
    });
  }

  async #openStatus(address: Address): Promise<void> {
    this.#statusServer = await StatusServer.open(address, {
      source: this,
      reports: this.#reports,
      log: this.#log,
    });
  }

  #notReady(): NotReady | null {
    if (this.#phase === 'draining') return 'draining';
    if (this.#phase === 'starting') return 'no configuration available';
    // One thread is enough: another that is being replaced must not take the node out of service.
    const serves = this.#pool?.status.some(({ state }) => state === 'running') === true;
    return serves ? null : 'threads starting';
  }

  #greeting(): string {
    const proxy = this.#listen.map((address) => `http://${formatAddress(address)}`).join(', ');
    const status = this.#statusServer;
    return status === null
      ? `listening on ${proxy}`
      : `listening on ${proxy}; status on http://${formatAddress(status.address)}/status`;
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
  const [reason = ''] = (error as Error).message.split('\n');
  return new OperatorError(`a proxy thread could not start: ${reason}`, { cause: error });
}
