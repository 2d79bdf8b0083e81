import type { Gateway } from '../support/gateway.ts';
import { parseMetrics, total, type Sample as Metric } from '../support/metrics.ts';
import { until } from '../support/until.ts';
import type { AccessLogCounter } from './access-log.ts';
import type { Heaps } from './heaps.ts';
import { openSockets, type OpenSocket } from './process-watch.ts';
import type { Promised } from './report.ts';

/** How long what is left may take to go away, ms. */
const PATIENCE = 15_000;

export async function scrape(gateway: Gateway): Promise<Metric[]> {
  return parseMetrics(await (await gateway.fetchStatus('/metrics')).text());
}

/** Waits until something holds, and says what was found in the end. */
async function promise(
  what: string,
  found: () => string | Promise<string>,
  wanted: string,
): Promise<Promised> {
  let last = '';
  try {
    await until(what, async () => (last = await found()) === wanted, PATIENCE);
    return { what, kept: true, found: last };
  } catch {
    return { what, kept: false, found: last };
  }
}

/** Nothing of the load is under way any more. */
export function nothingInFlight(gateway: Gateway): Promise<Promised> {
  const states = [
    { side: 'client', state: 'active' },
    { side: 'client', state: 'idle' },
    { side: 'upstream', state: 'active' },
  ];
  return promise(
    'no exchange and no client connection is left in the metrics',
    async () => {
      const metrics = await scrape(gateway);
      return states.map((labels) => total(metrics, 'sluice_connections', labels)).join();
    },
    '0,0,0',
  );
}

/**
 * No socket is open but those that listen and, while `pooled`, kept connections to upstreams.
 *
 * @param ports of the upstreams
 */
export function noSocketsLeft(
  gateway: Gateway,
  ports: readonly number[],
  pooled: boolean,
): Promise<Promised> {
  const allowed = ({ state, remotePort }: OpenSocket): boolean =>
    state === 'listening' || (pooled && state === 'established' && ports.includes(remotePort));
  return promise(
    pooled
      ? 'no socket is left but listeners and kept upstream connections'
      : 'after the idle timeout none is left but listeners',
    () =>
      openSockets(gateway.pid)
        .filter((socket) => !allowed(socket))
        .map(({ state, localPort, remotePort }) => `${state} ${localPort}-${remotePort}`)
        .join(', '),
    '',
  );
}

/** The gateway counts as many kept upstream connections as it holds. */
export function poolIsCounted(gateway: Gateway, ports: readonly number[]): Promise<Promised> {
  return promise(
    'the metrics count the kept upstream connections that there are',
    async () => {
      const metrics = await scrape(gateway);
      const counted = total(metrics, 'sluice_connections', { side: 'upstream', state: 'idle' });
      const open = openSockets(gateway.pid).filter(
        ({ state, remotePort }) => state === 'established' && ports.includes(remotePort),
      );
      return counted === open.length ? 'equal' : `${counted}, not ${open.length}`;
    },
    'equal',
  );
}

/** Every request that was counted has its line in the access log. */
export function allRequestsLogged(gateway: Gateway, log: AccessLogCounter): Promise<Promised> {
  return promise(
    'every request has its line in the access log',
    async () => {
      const requests = total(await scrape(gateway), 'kong_nginx_requests_total');
      const lines = await log.total();
      return lines === requests ? 'equal' : `${lines} lines, ${requests} requests`;
    },
    'equal',
  );
}

/** Nothing of a connection or an exchange is left in memory, after a collection. */
export async function nothingInMemory(
  gateway: Gateway,
  heaps: Heaps,
  threads: number,
): Promise<Promised> {
  const census = Object.entries(await heaps.count(gateway, threads));
  return {
    what: 'no object of a connection or an exchange is left in memory',
    kept: census.every(([, count]) => count === 0),
    found: census.map(([name, count]) => `${count} ${name}`).join(', '),
  };
}
