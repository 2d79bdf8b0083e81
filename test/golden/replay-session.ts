import { setTimeout as delay } from 'node:timers/promises';
import { adminToken, startGateway, type Gateway } from '../support/gateway.ts';
import { unusedPort } from '../support/unused-port.ts';
import {
  compareBurst,
  compareExchange,
  Ctx,
  DEFAULT_IGNORE_RESPONSE,
  DEFAULT_IGNORE_UPSTREAM,
  runExchange,
  Upstreams,
  waitForWindow,
  type CompareOptions,
  type Exchange,
  type HeaderLine,
  type Scenario,
} from './replay-proxy.mjs';
import { compareAdminAnswer } from './compare-admin.ts';
import { compareKeyedBurst } from './compare-keyed-burst.ts';

/** How one exchange differed from the recording; no lines when it agreed. */
export interface Verdict {
  readonly exchange: string;
  readonly differences: readonly string[];
}

/** The flags of `sluice start` for settings of kong.conf. */
function flagsFor(settings: Readonly<Record<string, string>>): string[] {
  const flags = ['--header-names', 'kong', '--limits', 'kong'];
  for (const [name, value] of Object.entries(settings)) {
    switch (name) {
      case 'trusted_ips':
        flags.push('--trusted-ips', value);
        break;
      case 'real_ip_header':
        flags.push('--real-ip-header', value);
        break;
      case 'headers':
        flags.push('--headers', value);
        break;
      case 'headers_upstream':
        flags.push('--headers-upstream', value);
        break;
      case 'router_flavor':
        flags.push('--router-flavor', value);
        break;
      case 'allow_debug_header':
        flags.push(value === 'on' ? '--allow-debug-header' : '--no-allow-debug-header');
        break;
      default:
        throw new Error(`There is no flag for the node setting ${name}`);
    }
  }
  return flags;
}

const emptyConfig = { _format_version: '3.0' };

/** A gateway, the recorder's echo upstreams behind it, and scenarios replayed one after another. */
export class ReplaySession {
  readonly #upstreams: Upstreams;
  readonly #gateway: Gateway;
  readonly #ctx: Ctx;
  #loaded = '';

  constructor(gateway: Gateway, upstreams: Upstreams, ctx: Ctx) {
    this.#gateway = gateway;
    this.#upstreams = upstreams;
    this.#ctx = ctx;
  }

  static async start(
    settings: Readonly<Record<string, string>>,
    workers: number,
    flags: readonly string[] = [],
  ): Promise<ReplaySession> {
    const ports = [await unusedPort(), await unusedPort(), await unusedPort()];
    const deadPort = await unusedPort();
    const upstreams = new Upstreams(ports);
    await upstreams.start();
    try {
      const gateway = await startGateway({
        config: emptyConfig,
        admin: true,
        workers,
        flags: [...flagsFor(settings), ...flags],
      });
      const { proxyPort, adminPort } = gateway;
      const ctx = new Ctx({ proxyPort, adminPort, ports, deadPort });
      return new ReplaySession(gateway, upstreams, ctx);
    } catch (error) {
      await upstreams.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.#gateway.stop();
    await this.#upstreams.stop();
  }

  /** Loads the scenario's configuration and replays its exchanges. Rejects when it is refused. */
  async replay(scenario: Scenario): Promise<Verdict[]> {
    await waitForWindow(scenario.window_seconds);
    await this.#load(scenario.config);
    this.#ctx.capture = {};
    const options: CompareOptions = {
      ignoreUpstream: DEFAULT_IGNORE_UPSTREAM,
      ignoreResponse: DEFAULT_IGNORE_RESPONSE,
      onlyResponse: null,
      answers: new Map(),
    };
    const verdicts: Verdict[] = [];
    for (const exchange of scenario.exchanges) {
      // A quirk is something that Kong does and that no gateway should copy.
      if (exchange.quirk !== undefined) continue;
      if (scenario.pause_ms) await delay(scenario.pause_ms);
      if (scenario.fresh_connections) await this.#closeIdle();
      const differences = await this.#run(exchange, options);
      verdicts.push({ exchange: exchange.id, differences });
    }
    return verdicts;
  }

  /** Scenarios may share a configuration; the gateway would not give the same one another revision. */
  async #load(recorded: object | undefined): Promise<void> {
    const config = JSON.stringify(this.#ctx.deep(recorded ?? {}), null, 1);
    if (recorded === undefined || config === this.#loaded) return;
    await this.#gateway.reload(config);
    this.#loaded = config;
  }

  async #closeIdle(): Promise<void> {
    this.#upstreams.closeIdle();
    // As long as the recorder gave Kong to notice; there is nothing to wait for from outside.
    await delay(12);
  }

  async #run(exchange: Exchange, options: CompareOptions): Promise<string[]> {
    if (exchange.kind === 'admin') return this.#runAdmin(exchange);
    const outcome = await runExchange(exchange, this.#ctx, this.#upstreams);
    if (exchange.keys !== undefined) return compareKeyedBurst(exchange, outcome, options);
    return exchange.kind === 'burst'
      ? compareBurst(exchange, outcome, options)
      : compareExchange(exchange, outcome, this.#ctx, options);
  }

  async #runAdmin(exchange: Exchange): Promise<string[]> {
    const { request } = exchange;
    const headers: HeaderLine[] = [...(request.headers ?? []), ['Kong-Admin-Token', adminToken]];
    const asked = { ...exchange, request: { ...request, headers } };
    const { response } = await runExchange(asked, this.#ctx, this.#upstreams);
    // It takes the place of the scenario's own configuration.
    if (response.status === 201) this.#loaded = '';
    return compareAdminAnswer(exchange.response, response, this.#ctx);
  }
}
