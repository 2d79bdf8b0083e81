import type {
  AnyPlugin,
  Directory,
  PluginEnv,
  PluginInstanceInfo,
  PluginLog,
} from '../../plugin/plugin.ts';
import type { PluginRecord } from '../../snapshot/records.ts';
import type { CounterTable } from '../../shm/counter-table.ts';
import type { PersistentMap } from '../../snapshot/persistent-map.ts';
import type { InstanceTakes, PluginInstance } from './plan.ts';
import type { Staged } from './staged-changes.ts';

const HTTP_PROTOCOLS = new Set(['http', 'https', 'grpc', 'grpcs']);
const STREAM_PROTOCOLS = new Set(['tcp', 'tls', 'tls_passthrough']);

/** Counts what plugins do, by their names. */
export interface PluginCounts {
  peerAsked(plugin: string, peer: string, outcome: string): void;
  decidedWithout(plugin: string, peer: string, decision: string): void;
}

/** Where nobody asks for metrics. */
export const uncounted: PluginCounts = { peerAsked() {}, decidedWithout() {} };

/** What is lent to every instance of every plugin. */
export interface PluginSurroundings {
  readonly plugins: ReadonlyMap<string, AnyPlugin>;
  readonly directory: Directory;
  /** An authority of the configuration by id, in PEM. */
  readonly authority: (id: string) => string | undefined;
  readonly counters: CounterTable;
  readonly log: PluginLog;
  readonly metrics: PluginCounts;
  /** Coarse wall clock, ms since the epoch. */
  now(): number;
}

/**
 * Runs the plugin's setup for one configured instance.
 *
 * @returns null for one that takes no part in anything: less specific ones run in its place
 * @throws Error that names plugin and entity when there is no such plugin or its setup throws
 */
export function makeInstance(
  record: PluginRecord,
  around: PluginSurroundings,
): PluginInstance | null {
  const plugin = around.plugins.get(record.name);
  const takes = {
    requests: record.protocols.some((protocol) => HTTP_PROTOCOLS.has(protocol)),
    streams:
      plugin?.handlesStreams === true &&
      record.protocols.some((protocol) => STREAM_PROTOCOLS.has(protocol)),
  };
  if (!takes.requests && !takes.streams) return null;
  if (plugin === undefined) {
    throw new Error(`plugin ${record.name} (${record.id}): no plugin of this name is loaded`);
  }
  const info: PluginInstanceInfo = {
    id: record.id,
    name: record.name,
    route: record.route ?? null,
    service: record.service ?? null,
    consumer: record.consumer ?? null,
  };
  const env: PluginEnv = {
    instance: info,
    directory: around.directory,
    authority: (id) => around.authority(id),
    counters: around.counters,
    log: instanceLog(around.log, info),
    metrics: {
      peerAsked: (peer, outcome) => around.metrics.peerAsked(info.name, peer, outcome),
      decidedWithout: (peer, decision) => around.metrics.decidedWithout(info.name, peer, decision),
    },
    now: () => around.now(),
  };
  try {
    const handlers = plugin.setup(record.config as never, env);
    return { info, priority: plugin.priority, handlers, takes };
  } catch (error) {
    throw new Error(`plugin ${info.name} (${info.id}): setup failed: ${describe(error)}`, {
      cause: error,
    });
  }
}

/** An instance that comes, goes or takes the place of another. */
export interface InstanceChange {
  readonly before: PluginInstance | null;
  readonly after: PluginInstance | null;
}

/** Those of some changes that are about what takes part in requests, or in streams. */
export function changesOf(
  kind: keyof InstanceTakes,
  changes: readonly InstanceChange[],
): InstanceChange[] {
  const taking = (instance: PluginInstance | null): PluginInstance | null =>
    instance?.takes[kind] === true ? instance : null;
  return changes
    .map(({ before, after }) => ({ before: taking(before), after: taking(after) }))
    .filter(({ before, after }) => before !== null || after !== null);
}

/** The instances of one configuration, and what led to them. */
export interface NextInstances {
  readonly instances: PersistentMap<PluginInstance>;
  readonly changes: readonly InstanceChange[];
  /** Those that are gone. */
  readonly retired: readonly PluginInstance[];
}

/**
 * The instances after the changes.
 *
 * @param make makes the instance of a record, null when it takes no part in anything
 */
export function* nextInstances(
  previous: PersistentMap<PluginInstance>,
  staged: Staged<PluginRecord>,
  make: (record: PluginRecord) => PluginInstance | null,
): Generator<void, NextInstances, void> {
  const next = previous.edit();
  const changes: InstanceChange[] = [];
  const retired: PluginInstance[] = [];
  for (const [id, record] of staged) {
    const before = previous.get(id) ?? null;
    const after = record === null ? null : make(record);
    if (after === null) next.delete(id);
    else next.set(id, after);
    if (before !== null || after !== null) changes.push({ before, after });
    if (before !== null) retired.push(before);
    yield;
  }
  return { instances: next.done(), changes, retired };
}

/** Lets an instance release what it holds. An error of it is logged, since nobody waits for it. */
export function disposeInstance(instance: PluginInstance, log: PluginLog): void {
  try {
    instance.handlers.dispose?.();
  } catch (error) {
    const { id, name } = instance.info;
    log.error(`plugin ${name} (${id}): dispose failed: ${describe(error)}`);
  }
}

function instanceLog(log: PluginLog, { id, name }: PluginInstanceInfo): PluginLog {
  const named = (details?: object): object => ({ plugin: name, plugin_id: id, ...details });
  return {
    debug: (message, details) => log.debug(message, named(details)),
    info: (message, details) => log.info(message, named(details)),
    warn: (message, details) => log.warn(message, named(details)),
    error: (message, details) => log.error(message, named(details)),
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
