import type { LiveConfiguration } from '../../../control/configuration.ts';
import type { LeveledLog } from '../../../control/gateway-log.ts';
import { TargetStates } from '../../../control/health/target-states.ts';
import { LogLevelSwitch } from '../../../control/log-level.ts';
import { NodeReports } from '../../../control/node-reports.ts';
import { followLogLevel } from '../../../control/shared-log-level.ts';
import type { NodeStatus } from '../../../control/status/status-source.ts';
import { changedTables } from '../../../control/source/changed-tables.ts';
import { ConfigurationCaveats } from '../../../control/source/configuration-caveats.ts';
import { bundledPlugins } from '../../../plugins/bundled.ts';
import { knownPlugins } from '../../../plugins/known.ts';
import { resolveOptions } from '../../../settings/resolve.ts';
import { createCounterMemory } from '../../../shm/counter-table.ts';
import { createHealthMemory } from '../../../shm/target-health.ts';
import { createSnapshot } from '../../../snapshot/snapshot.ts';
import { ALL_RUN } from '../../../snapshot/unrunnable-plugins.ts';
import { differences } from '../../../store/differences.ts';
import { MemoryStore } from '../../../store/memory/memory-store.ts';
import { MetricsCollector } from '../../../telemetry/exposition.ts';
import { adminEndpoints } from '../../endpoints.ts';
import { AdminServer } from '../../server.ts';
import type { FixedParts } from '../parts.ts';
import { plainListen, portOf } from '../../../settings/listen-kinds.ts';

const nodeId = '7f2d3c1a-0000-4000-8000-000000000001';

const status: NodeStatus = {
  version: '1.2.3',
  nodeId,
  startedAt: Date.now(),
  listen: [plainListen({ host: '127.0.0.1', port: 8000 })],
  streamListen: [plainListen({ host: '127.0.0.1', port: 5432 })],
  adminListen: [],
  statusListen: [plainListen({ host: '127.0.0.1', port: 8007 })],
  served: { revision: 1, hash: 'a'.repeat(32) },
  pendingRevision: null,
  threads: [{ index: 0, state: 'running', revision: 1, restarts: 0 }],
  lastReload: null,
  lastSuccess: null,
  reloadFailures: 0,
  notReady: null,
  store: null,
  warnings: [],
  certificates: [],
};

export interface FixedApiOptions {
  readonly mode?: LiveConfiguration['mode'];
  readonly judge?: LiveConfiguration['judge'];
  /** Allowed, unless it says otherwise. */
  readonly allowUnsupportedPlugins?: boolean;
  /** Flags of the node. */
  readonly flags?: Parameters<typeof resolveOptions>[0];
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The text as JSON; null when it is empty. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** All of the Admin API on a real listener, over a store in memory and a node without threads. */
export class FixedApi {
  readonly parts: FixedParts;
  readonly log: LeveledLog;
  readonly #server: AdminServer;

  private constructor(parts: FixedParts, log: LeveledLog, server: AdminServer) {
    this.parts = parts;
    this.log = log;
    this.#server = server;
  }

  static async open(options: FixedApiOptions = {}): Promise<FixedApi> {
    const complain = (message: string): void => console.error(message);
    const quiet = (): void => undefined;
    const log: LeveledLog = {
      level: 'info',
      debug: quiet,
      info: quiet,
      warn: quiet,
      error: complain,
    };
    const source = { status: () => status };
    const live = await liveConfiguration(options);
    const counters = createCounterMemory(64);
    const tables = () => live.current.tables;
    const targets = new TargetStates({ memory: createHealthMemory(64), tables });
    const collector = new MetricsCollector();
    const reports = new NodeReports({ source, collector, counters, targets, tables });
    const node = {
      ...source,
      nodeId,
      reports,
      targets,
      settings: resolveOptions(options.flags ?? {}, {}),
      logLevel: new LogLevelSwitch(log),
    };
    followLogLevel(live.store, node.logLevel);
    const endpoints = adminEndpoints({ live, node });
    const server = await AdminServer.open(plainListen({ host: '127.0.0.1', port: 0 }), {
      live,
      endpoints,
      authenticate: null,
      corsOrigins: [],
      log,
    });
    return new FixedApi({ live, node, all: () => endpoints }, log, server);
  }

  /** @param body sent as JSON, or as it is with the type that is given */
  call(method: string, path: string, body?: unknown, type?: string): Promise<Reply> {
    const headers = body === undefined ? {} : { 'Content-Type': type ?? 'application/json' };
    return this.callWith(headers, method, path, body);
  }

  /** As `call`, with just these headers. */
  async callWith(
    headers: Readonly<Record<string, string>>,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Reply> {
    const sent = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`http://127.0.0.1:${portOf(this.#server.listen)}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: sent ?? '' }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const parsed = (isJson && text !== '' ? JSON.parse(text) : null) as Reply['body'];
    return { status: response.status, headers: response.headers, text, body: parsed };
  }

  close(): Promise<void> {
    this.parts.node.targets.close();
    return this.#server.close();
  }
}

async function liveConfiguration({
  mode = 'store',
  judge = () => Promise.resolve(),
  allowUnsupportedPlugins = true,
}: FixedApiOptions): Promise<LiveConfiguration> {
  const store = new MemoryStore();
  let current = createSnapshot((await store.load()).tables, 1);
  let document: string | undefined;
  const caveats = new ConfigurationCaveats(ALL_RUN, bundledPlugins);
  return {
    mode,
    store,
    judge,
    plugins: knownPlugins,
    allowUnsupportedPlugins,
    get caveats() {
      return caveats.in(current.tables);
    },
    caveatsIn: (changes) => caveats.in(changedTables(changes, current.tables)),
    changed: () => undefined,
    get current() {
      return current;
    },
    get document() {
      return document;
    },
    async replace(tables, { text, by, reason }) {
      await judge(differences(current.tables, tables));
      current = createSnapshot(tables, current.revision + 1, current);
      await store.replaceAll(tables, current.revision, { by, reason });
      document = text;
      return current;
    },
  };
}
