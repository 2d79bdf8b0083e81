import { randomUUID } from 'node:crypto';
import { compileSchema } from '../../entities/schema/validate.ts';
import { createCounterMemory } from '../../shm/counter-memory.ts';
import { SharedCounterTable } from '../../shm/counter-table.ts';
import type { AnyPlugin, PluginEnv, PluginHandlers, RouteInfo, ServiceInfo } from '../plugin.ts';
import { TestDirectory } from './test-directory.ts';
import { TestExchange } from './test-exchange.ts';
import type { UpstreamRequest } from './test-exchange.ts';
import type { RequestInit } from './test-request.ts';

/** A plugin with one configuration, ready to take requests. */
export interface Configured {
  readonly plugin: AnyPlugin;
  readonly handlers: PluginHandlers;
}

/** What the service answers; a 200 without body where nothing is given. */
export interface UpstreamResponse {
  readonly status?: number;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
}

/** Where a configured plugin is bound to, and where requests go. Ids. */
export interface Scope {
  readonly route?: string;
  readonly service?: string;
  readonly consumer?: string;
}

export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly details: object | undefined;
}

/**
 * The gateway as a plugin sees it, in one process and without sockets: for unit tests of plugins.
 * Configurations are validated by the real schema rules and counters are the real shared table;
 * requests pass the phases in the gateway's order. Not here: routing, scopes, timeouts, framing,
 * and error bodies in other forms than JSON.
 *
 * @example
 * const gateway = new TestGateway();
 * const plugin = gateway.configure(requestTermination, { status_code: 403 });
 * const ex = await gateway.send([plugin], { target: '/orders' });
 * assert.equal(ex.response.status, 403);
 * assert.equal(ex.upstreamRequest, null);
 */
export class TestGateway {
  readonly directory = new TestDirectory();
  readonly counters: SharedCounterTable;
  /** Certificate authorities by id, in PEM. */
  readonly authorities = new Map<string, string>();
  readonly log: LogEntry[] = [];
  /** What plugins had counted: `peer outcome`, or `peer decision`. */
  readonly counted: string[] = [];
  /** The clock that plugins see, ms since the epoch. Stands still until a test moves it. */
  now: number;
  /** Route and service that requests arrive at. */
  route: RouteInfo | null = { id: randomUUID(), name: 'route' };
  service: ServiceInfo | null = { id: randomUUID(), name: 'service', host: 'service.test' };

  /** @param counterSlots size of the table of counters */
  constructor({ now = Date.UTC(2030, 0, 15, 12), counterSlots = 1024 } = {}) {
    this.now = now;
    this.counters = new SharedCounterTable(createCounterMemory(counterSlots));
  }

  /**
   * Validates a configuration, fills in its defaults and sets the plugin up.
   *
   * @throws Error naming every field that is wrong
   */
  configure(plugin: AnyPlugin, config: object = {}, scope: Scope = {}): Configured {
    const env: PluginEnv = {
      instance: {
        id: randomUUID(),
        name: plugin.name,
        route: scope.route ?? null,
        service: scope.service ?? null,
        consumer: scope.consumer ?? null,
      },
      directory: this.directory,
      authority: (id) => this.authorities.get(id),
      counters: this.counters,
      log: {
        debug: this.#logger('debug'),
        info: this.#logger('info'),
        warn: this.#logger('warn'),
        error: this.#logger('error'),
      },
      metrics: {
        peerAsked: (peer, outcome) => void this.counted.push(`${peer} ${outcome}`),
        decidedWithout: (peer, decision) => void this.counted.push(`${peer} ${decision}`),
      },
      now: () => this.now,
    };
    return { plugin, handlers: plugin.setup(validConfig(plugin, config) as never, env) };
  }

  /** Sends a request through plugins, to the service unless one of them answers, and back. */
  async send(
    plugins: readonly Configured[],
    request: RequestInit = {},
    service: (request: UpstreamRequest) => UpstreamResponse = () => ({}),
  ): Promise<TestExchange> {
    const ex = new TestExchange(request, this.now);
    const order = [...plugins].sort(byPriority);
    for (const { handlers } of order) {
      if (!ex.answered) await this.#guard(ex, () => handlers.rewrite?.(ex));
    }
    ex.route = this.route;
    ex.service = this.service;
    for (const { handlers } of order) {
      if (!ex.answered) await this.#guard(ex, () => handlers.access?.(ex));
    }
    if (!ex.answered) {
      const { status = 200, headers = [], body = '' } = service(ex.toUpstream());
      ex.fromUpstream = true;
      ex.response.replace(status, headers, body);
    }
    for (const { handlers } of order) handlers.responseHeaders?.(ex);
    if (!ex.response.applyChanges()) {
      ex.error(502, 'The response of the upstream server is too large');
      for (const { handlers } of order) handlers.responseHeaders?.(ex);
    }
    for (const { handlers } of order) {
      const filter = handlers.responseBody;
      if (filter) ex.response.filterBody((piece) => filter(ex, piece, true));
    }
    for (const { handlers } of order) handlers.log?.(ex);
    return ex;
  }

  /** A handler that fails makes the answer a 500. */
  async #guard(ex: TestExchange, handler: () => void | Promise<void>): Promise<void> {
    try {
      await handler();
    } catch (error) {
      this.#logger('error')('plugin failed', { error });
      ex.respond(500, { message: 'An unexpected error occurred' });
    }
  }

  #logger(level: LogEntry['level']): (message: string, details?: object) => void {
    return (message, details) => {
      this.log.push({ level, message, details });
    };
  }
}

/**
 * The configuration as `setup` gets it.
 *
 * @throws Error naming every field that is wrong
 */
export function validConfig(plugin: AnyPlugin, config: object): object {
  const { checks = [] } = plugin;
  const schema = { fields: { config: plugin.config }, checks };
  const result = compileSchema<{ config: object }>(schema)({ config });
  if (result.ok) return result.value.config;
  const problems = result.failures.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`${plugin.name}: ${problems.join('; ')}`);
}

/** Higher priorities first, equal ones by name in descending order. */
function byPriority({ plugin: a }: Configured, { plugin: b }: Configured): number {
  return b.priority - a.priority || (a.name < b.name ? 1 : -1);
}
