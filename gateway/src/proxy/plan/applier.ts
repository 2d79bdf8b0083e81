import type { AnyPlugin, PluginLog } from '../../plugin/plugin.ts';
import type { CounterTable } from '../../shm/counter-table.ts';
import type { FromThread, ToThread } from '../../snapshot/messages.ts';
import type { Change } from '../../snapshot/records.ts';
import { updateRouter } from '../router/build-router.ts';
import type { Balancer } from '../upstream/balancing/balancer.ts';
import { createBalancer } from '../upstream/balancing/balancers.ts';
import type { Resolver } from '../upstream/dns/resolver.ts';
import type { ThreadHealth } from '../upstream/health/thread-health.ts';
import type { Transport } from '../upstream/transport.ts';
import type { Transports } from '../upstream/transports.ts';
import { CertificateDirectory, type AllSecureContexts } from './certificates.ts';
import { compile } from './compile.ts';
import type { Compilation } from './compile.ts';
import { NOTHING } from './compiled.ts';
import type { Compiled, Makers, Retired } from './compiled.ts';
import { LiveDirectory } from './directory.ts';
import type { Plan, PluginInstance } from './plan.ts';
import { PlanRouter } from './plan-router.ts';
import { PlanStreams } from './plan-streams.ts';
import { disposeInstance, makeInstance, type PluginCounts } from './plugin-instance.ts';
import { inSlices } from './slices.ts';
import { StagedChanges } from './staged-changes.ts';

/** What outlives a swap may still be in use by requests that began before it. */
const DISPOSE_AFTER_MS = 60_000;

export interface PlanApplierOptions {
  readonly plugins: readonly AnyPlugin[];
  readonly resolver: Resolver;
  readonly transports: Pick<Transports, 'of'>;
  readonly contexts: AllSecureContexts;
  readonly counters: CounterTable;
  readonly health: ThreadHealth;
  readonly log: PluginLog;
  readonly metrics: PluginCounts;
  /** Coarse wall clock, ms since the epoch. */
  readonly now: () => number;
  /** Takes the plan for requests that begin from now on. Called between two requests. */
  readonly onPlan: (plan: Plan) => void;
  /** Tells the control thread. */
  readonly post: (message: FromThread) => void;
  /** How long parts that are gone are kept for requests that still hold them, ms. */
  readonly disposeAfter?: number;
}

/**
 * Turns the changes that the control thread sends into plans, beside the traffic: never more than a
 * slice of work in one turn of the event loop. A commit that fails leaves the plan in use, and the
 * changes that led to it are forgotten: the control thread starts again from what is served.
 *
 * Parts that a plan no longer holds are disposed a minute after the swap. Whatever runs longer, such
 * as a tunnel, may meet a disposed plugin instance in its log phase.
 */
export class PlanApplier {
  readonly directory: LiveDirectory;
  readonly #options: PlanApplierOptions;
  readonly #plugins: ReadonlyMap<string, AnyPlugin>;
  #compiled: Compiled = NOTHING;
  #staged = new StagedChanges();

  constructor(options: PlanApplierOptions) {
    this.#options = options;
    this.directory = new LiveDirectory(options.now);
    this.#plugins = new Map(options.plugins.map((plugin) => [plugin.name, plugin]));
  }

  /** Takes a piece of a delta. Acknowledged after a turn of the event loop. */
  stage(message: Extract<ToThread, { type: 'changes' }>): void {
    for (const change of JSON.parse(message.changes) as Change[]) this.#staged.add(change);
    setImmediate(() => this.#options.post({ type: 'ack', seq: message.seq }));
  }

  /**
   * Compiles what was received and swaps it in; answers `live` once removed credentials are gone, or
   * `failed-commit`. The control thread sends nothing else before the answer.
   */
  async commit({ revision, hash }: Extract<ToThread, { type: 'commit' }>): Promise<void> {
    const staged = this.#staged;
    this.#staged = new StagedChanges();
    const made: Parts = { instances: [], balancers: [], transports: [] };
    let compilation: Compilation;
    try {
      compilation = await inSlices(compile(this.#compiled, staged, this.#makers(made)));
    } catch (error) {
      await inSlices(this.#dispose(made));
      for (const transport of made.transports) transport.retire();
      const message = error instanceof Error ? error.message : String(error);
      this.#options.post({ type: 'failed-commit', revision, message });
      return;
    }
    await inSlices(staged.directory.put(this.directory));
    const { compiled, retired } = compilation;
    this.#compiled = compiled;
    this.#options.onPlan({
      revision,
      hash,
      router: new PlanRouter(compiled.router, compiled.routePlans),
      hasRoute: (id) => compiled.routePlans.has(id),
      streams: new PlanStreams(compiled.streamRouter, compiled.routePlans),
      globalChain: compiled.chains.global,
      rewriters: compiled.chains.rewriters,
      directory: this.directory,
      certificates: new CertificateDirectory(compiled, this.#options.contexts),
      clientTrusts: compiled.clientTrusts,
      countsByConsumer: compiled.chains.countsByConsumer,
    });
    await inSlices(staged.directory.sweep(this.directory));
    for (const transport of retired.transports) transport.retire();
    this.#disposeLater(retired);
    this.#options.post({ type: 'live', revision, hash });
  }

  #makers(made: Parts): Makers {
    const { resolver, transports, counters, health, log, metrics, now } = this.#options;
    const authority = (id: string): string | undefined =>
      this.#compiled.caCertificates.get(id)?.cert;
    const lent = { authority, counters, log, metrics, now };
    const around = { plugins: this.#plugins, directory: this.directory, ...lent };
    return {
      instance(record) {
        const instance = makeInstance(record, around);
        if (instance !== null) made.instances.push(instance);
        return instance;
      },
      balancer(service, upstream, previous) {
        const balancer = createBalancer(service, upstream, resolver, previous, health.of(upstream));
        made.balancers.push(balancer);
        return balancer;
      },
      transport(service, upstream, certificates) {
        const transport = transports.of(service, upstream, certificates);
        // One that others have too is not this configuration's to dispose of.
        if (transport?.isUnused === true) made.transports.push(transport);
        return transport;
      },
      router: updateRouter,
    };
  }

  #disposeLater(retired: Retired): void {
    if (retired.instances.length + retired.balancers.length === 0) return;
    const delay = this.#options.disposeAfter ?? DISPOSE_AFTER_MS;
    setTimeout(() => void inSlices(this.#dispose(retired)), delay).unref();
  }

  *#dispose({ instances, balancers }: Omit<Retired, 'transports'>): Generator<void, void, void> {
    for (const instance of instances) {
      disposeInstance(instance, this.#options.log);
      yield;
    }
    for (const balancer of balancers) {
      balancer.dispose();
      yield;
    }
  }
}

interface Parts {
  readonly instances: PluginInstance[];
  readonly balancers: Balancer[];
  readonly transports: Transport[];
}
