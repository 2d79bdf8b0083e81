import type { StreamConnection } from '../../plugin/plugin.ts';
import type { SessionEnd } from '../../telemetry/session-record.ts';
import type { RoutePlan, ServicePlan } from '../plan/plan.ts';
import type { FailedFor, ProxyThread } from '../thread.ts';
import type { StreamClient } from './stream-client.ts';

/**
 * Asks the plugins of a route about a connection, until one refuses it. Nobody knows a consumer: only
 * instances for everybody run.
 *
 * @param told where it is logged when a plugin fails
 * @returns why the connection is refused, or undefined
 */
export function askPlugins(
  told: FailedFor,
  route: RoutePlan,
  client: StreamClient,
  thread: ProxyThread,
): SessionEnd | undefined {
  if (route.chain.slots.length === 0) return undefined;
  const connection = new Connection(told.id, route, client);
  for (const { fixed } of route.chain.slots) {
    if (fixed?.handlers.connect === undefined) continue;
    try {
      fixed.handlers.connect(connection);
    } catch (error) {
      thread.pluginFailed(fixed, told, error);
      return 'plugin_failed';
    }
    if (connection.refused) return `plugin:${fixed.info.name}`;
  }
  return undefined;
}

class Connection implements StreamConnection {
  readonly id: string;
  readonly route: RoutePlan;
  readonly #client: StreamClient;
  refused = false;

  constructor(id: string, route: RoutePlan, client: StreamClient) {
    this.id = id;
    this.route = route;
    this.#client = client;
  }

  get service(): ServicePlan | null {
    return this.route.service;
  }

  get clientIp(): string {
    return this.#client.peerIp;
  }

  get clientPort(): number {
    return this.#client.peerPort;
  }

  get protocol(): StreamConnection['protocol'] {
    return this.#client.protocol;
  }

  get sni(): string {
    return this.#client.sni;
  }

  refuse(): void {
    this.refused = true;
  }
}
