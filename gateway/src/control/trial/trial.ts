import type { Plugin } from '../../entities/plugin.ts';
import { isReference } from '../../entities/reference.ts';
import type { Entity } from '../../entities/tables.ts';
import type { AnyPlugin, PluginLog } from '../../plugin/plugin.ts';
import { contextOf } from '../../proxy/net/tls-contexts.ts';
import { LiveDirectory } from '../../proxy/plan/directory.ts';
import { disposeInstance, makeInstance, uncounted } from '../../proxy/plan/plugin-instance.ts';
import { inSlices } from '../../proxy/plan/slices.ts';
import { buildRouterNow } from '../../proxy/router/build-router.ts';
import { createCounterMemory, SharedCounterTable } from '../../shm/counter-table.ts';
import { certificateRecord, pluginRecord, routeRecord } from '../../snapshot/entity-records.ts';
import type { StoredChange } from '../../store/contract.ts';
import type { UnservableEntity } from '../configuration.ts';
import type { Runnable } from './runnable.ts';

/** What a plugin may say while it is tried is said again by the threads. */
const silent: PluginLog = { debug() {}, info() {}, warn() {}, error() {} };

/** Nothing is counted here; this is the least that a table can have. */
const COUNTER_SLOTS = 1024;

/**
 * Compiles entities as proxy threads will, so that what a thread would refuse is known before it is
 * committed.
 */
export class Trial {
  readonly #plugins: ReadonlyMap<string, AnyPlugin>;
  readonly #runnable: Runnable;
  readonly #directory = new LiveDirectory();
  readonly #counters = new SharedCounterTable(createCounterMemory(COUNTER_SLOTS));

  /** @param plugins those that threads run */
  constructor(plugins: ReadonlyMap<string, AnyPlugin>, runnable: Runnable) {
    this.#plugins = plugins;
    this.#runnable = runnable;
  }

  /** @returns what cannot be compiled of what is new or changed */
  async problemsOf(changes: readonly StoredChange[]): Promise<UnservableEntity[]> {
    const problems: UnservableEntity[] = [];
    await inSlices(this.#compile(changes, problems));
    return problems;
  }

  *#compile(
    changes: readonly StoredChange[],
    problems: UnservableEntity[],
  ): Generator<void, void, void> {
    for (const { table, id, after } of changes) {
      if (after === null) continue;
      let problem: string | null = null;
      if (table === 'plugins') problem = this.#pluginProblem(after as Plugin);
      if (table === 'certificates') problem = certificateProblem(after as Entity<'certificates'>);
      if (table === 'routes') problem = routeProblem(after as Entity<'routes'>);
      if (problem !== null) problems.push({ table, id, field: null, message: problem });
      yield;
    }
  }

  #pluginProblem(plugin: Plugin): string | null {
    // One that cannot run is not handed to threads either.
    if (!plugin.enabled || this.#runnable.problemOf(plugin) !== null) return null;
    try {
      const instance = makeInstance(pluginRecord(plugin), {
        plugins: this.#plugins,
        directory: this.#directory,
        authority: () => undefined,
        counters: this.#counters,
        log: silent,
        metrics: uncounted,
        now: Date.now,
      });
      if (instance !== null) disposeInstance(instance, silent);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }
}

/** What TLS refuses though certificate and key belong together, such as a key that is too short. */
function certificateProblem(certificate: Entity<'certificates'>): string | null {
  const pems = [certificate.cert, certificate.key, certificate.cert_alt, certificate.key_alt];
  if (pems.some((pem) => pem !== null && isReference(pem))) return null;
  try {
    contextOf(certificateRecord(certificate));
    return null;
  } catch (error) {
    return `certificate ${certificate.id}: ${(error as Error).message}`;
  }
}

function routeProblem(route: Entity<'routes'>): string | null {
  try {
    buildRouterNow([{ route: routeRecord(route), target: route.id }]);
    return null;
  } catch (error) {
    return `route ${route.name ?? route.id}: ${(error as Error).message}`;
  }
}
