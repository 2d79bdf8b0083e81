import { randomUUID } from 'node:crypto';
import type { EntityTables } from '../entities/tables.ts';
import { createClientAddress, type ClientAddress } from '../proxy/client-address.ts';
import type { Listen, NodeSettings } from '../settings/node-settings.ts';
import type { ResolvedOption } from '../settings/resolve.ts';
import { createCounterMemory } from '../shm/counter-table.ts';
import { createHealthMemory } from '../shm/target-health.ts';
import { delta } from '../snapshot/delta.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { MetricsCollector } from '../telemetry/exposition.ts';
import { prepareLogTarget } from '../telemetry/log-target.ts';
import { version } from '../version.ts';
import type { AdministeredNode } from './administered-node.ts';
import { closedInTime } from './close-in-time.ts';
import { nodeIdOf } from './disk/node-id.ts';
import { GarbageCollector } from './threads/garbage-collector.ts';
import type { LeveledLog } from './gateway-log.ts';
import { greeting } from './listeners/greeting.ts';
import { TargetStates } from './health/target-states.ts';
import { LogLevelSwitch } from './log-level.ts';
import type { NodeListener, OpenAdmin } from './node-parts.ts';
import { NodeReports } from './node-reports.ts';
import { checkAddresses, ReservedPorts } from './listeners/ports.ts';
import { Publisher } from './threads/publisher.ts';
import { openSource, type OpenedSource } from './source/open-source.ts';
import { followLogLevel } from './shared-log-level.ts';
import { removeSocketFile } from './listeners/socket-file.ts';
import { startThreads } from './threads/start-threads.ts';
import { asStartError } from './start-error.ts';
import { StatusServer } from './status/status-server.ts';
import type { NodeStatus, NotReady } from './status/status-source.ts';
import type { ThreadPool } from './threads/threads.ts';
import { certificateWarnings } from './tls/certificate-status.ts';
import { TlsFiles } from './tls/tls-files.ts';
import {
  adminAuthentication,
  adminWarnings,
  checkAdminSettings,
} from './tokens/admin-authentication.ts';
import { watchFile } from './watch.ts';
import type { FileWatch } from './watch.ts';

/** Addresses of targets whose health is kept at most: 1 MiB. */
const HEALTH_SLOTS = 32_768;

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
  /** Until threads listen on them. */
  readonly #ports = new ReservedPorts();
  readonly #collector = new MetricsCollector();
  readonly #counters: SharedArrayBuffer;
  readonly #clients: ClientAddress;
  readonly #health = createHealthMemory(HEALTH_SLOTS);
  readonly #publisher = new Publisher<Snapshot>(delta);
  readonly #garbage = new GarbageCollector(() => this.#pool?.tidiers ?? []);
  #nodeId: string = randomUUID();
  #opened: OpenedSource | null = null;
  #pool: ThreadPool<Snapshot> | null = null;
  #tls: TlsFiles | null = null;
  #status: StatusServer[] = [];
  #admin: NodeListener[] = [];
  #watch: FileWatch | null = null;
  /** The configuration that threads serve. */
  #tables: EntityTables | null = null;
  #listen: readonly Listen[] = [];
  #streams: readonly Listen[] = [];
  #phase: 'starting' | 'serving' | 'draining' = 'starting';
  /** Why to load the configuration again as soon as the first one is served. */
  #reloadLater: string | null = null;

  constructor(options: GatewayNodeOptions) {
    this.#options = options;
    const { settings, resolved, log } = options;
    this.settings = resolved;
    this.logLevel = new LogLevelSwitch(log);
    this.#counters = createCounterMemory(settings.counterSlots);
    this.#clients = createClientAddress(settings);
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
    const { config, proxyListen, streamListen, statusListen, watch, accessLog, admin } = settings;
    try {
      const listen = await this.#ports.reserve(proxyListen, '--proxy-listen');
      const streams = await this.#ports.reserve(streamListen, '--stream-listen');
      await checkAddresses(admin.listen, '--admin-listen');
      checkAdminSettings(admin);
      const tls = (this.#tls = new TlsFiles(settings, (message) => this.#pool?.send(message), log));
      if (accessLog !== 'off') prepareLogTarget(accessLog);
      // Before the file is read, so that no change is missed.
      if (watch && config !== null) {
        this.#watch = watchFile(config, () => this.reload('the file changed'));
      }
      for (const one of statusListen) await this.#openStatus(one, tls);
      this.#listen = listen;
      this.#streams = streams;
      const opened = await openSource(settings, (snapshot) => this.#publish(snapshot), log);
      this.#opened = opened;
      if (config === null) followLogLevel(opened.source.live.store, this.logLevel);
      if (opened.folder !== null) this.#nodeId = nodeIdOf(opened.folder);
      const authenticate = await adminAuthentication(opened, settings.admin, log);
      const { revision, hash } = await opened.source.first();
      await this.#ports.release();
      for (const one of admin.listen) {
        const parts = {
          live: opened.source.live,
          node: this,
          authenticate,
          corsOrigins: admin.corsOrigins,
          log,
          certificates: tls.server('admin'),
          trusts: (peer: string) => this.#clients.trusts(peer),
        };
        this.#admin.push(await this.#options.openAdmin(one, parts));
      }
      this.#phase = 'serving';
      this.#garbage.collectSoon();
      const listeners = {
        proxy: listen,
        stream: streams,
        admin: this.#admin,
        status: this.#status,
      };
      log.info(greeting(listeners), { workers: this.#pool?.status.length, revision, hash });
      if (this.#reloadLater !== null) this.reload(this.#reloadLater);
    } catch (error) {
      await this.terminate();
      throw asStartError(error);
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
    await Promise.all([this.#pool?.drain(drainTimeout), ...this.#admin.map(close)]);
    await this.#close();
    log.info('stopped');
  }

  /** Ends everything at once. */
  async terminate(): Promise<void> {
    this.#phase = 'draining';
    this.#watch?.close();
    this.#pool?.terminate();
    await Promise.all([this.#ports.release(), ...this.#admin.map(close)]);
    await this.#close();
  }

  status(): NodeStatus {
    const source = this.#opened?.source;
    const certificates = this.#tls?.certificates(this.#tables) ?? [];
    const { lastReload = null, lastSuccess = null, failures = 0 } = source?.status ?? {};
    return {
      version,
      nodeId: this.#nodeId,
      startedAt: this.#startedAt,
      listen: this.#phase === 'starting' ? [] : this.#listen,
      streamListen: this.#phase === 'starting' ? [] : this.#streams,
      adminListen: this.#admin.map(({ listen }) => listen),
      statusListen: this.#status.map(({ listen }) => listen),
      served: this.#publisher.served,
      pendingRevision: this.#publisher.pending?.revision ?? null,
      threads: this.#pool?.status ?? [],
      lastReload,
      lastSuccess,
      reloadFailures: failures,
      notReady: this.#notReady(),
      store: source?.status.store ?? null,
      warnings: [
        ...adminWarnings(this.#options.settings.admin),
        ...certificateWarnings(certificates),
        ...(source?.caveats ?? []),
      ],
      certificates,
    };
  }

  /** The first time it starts the threads, which listen when they have their configuration. */
  async #publish(snapshot: Snapshot): Promise<void> {
    if (this.#pool !== null) {
      await this.#publisher.publish(snapshot);
      this.#tables = snapshot.tables;
      return;
    }
    const pool = (this.#pool = this.#startThreads());
    // All at once, so that the configuration is turned to messages once for all.
    await pool.ready;
    await Promise.all([this.#publisher.publish(snapshot), pool.listening]);
    this.#tables = snapshot.tables;
  }

  #startThreads(): ThreadPool<Snapshot> {
    const { settings, log } = this.#options;
    return startThreads({
      settings: { ...settings, proxyListen: this.#listen, streamListen: this.#streams },
      log,
      publisher: this.#publisher,
      collector: this.#collector,
      seed: () => ({
        counters: this.#counters,
        health: this.#health,
        nodeId: this.#nodeId,
        ...this.#tls!.forThreads,
      }),
    });
  }

  async #openStatus(listen: Listen, tls: TlsFiles): Promise<void> {
    const { log } = this.#options;
    const parts = {
      source: this,
      reports: this.reports,
      log,
      certificates: tls.server('status'),
      trusts: (peer: string) => this.#clients.trusts(peer),
    };
    this.#status.push(await StatusServer.open(listen, parts));
  }

  /** Closes what is left when threads and Admin API have ended. */
  async #close(): Promise<void> {
    await closedInTime(this.#opened?.source.close(), this.#options.log);
    await Promise.all(this.#status.map(close));
    this.targets.close();
    this.#tls?.close();
    for (const { address } of [...this.#listen, ...this.#streams]) {
      if ('path' in address) removeSocketFile(address.path);
    }
  }

  #notReady(): NotReady | null {
    if (this.#phase === 'draining') return 'draining';
    if (this.#phase === 'starting') return 'no configuration available';
    // One thread is enough: another that is being replaced must not take the node out of service.
    const serves = this.#pool?.status.some(({ state }) => state === 'running') === true;
    return serves ? null : 'threads starting';
  }
}

const close = (listener: NodeListener): Promise<void> => listener.close();
