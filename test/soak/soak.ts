import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../fuzz/random.ts';
import { runDelay } from '../support/fair-time.ts';
import type { Gateway } from '../support/gateway.ts';
import type { Origin } from '../support/origin.ts';
import { AccessLogCounter } from './access-log.ts';
import * as aftermath from './aftermath.ts';
import type { UpstreamPorts } from './configuration.ts';
import type { Heaps } from './heaps.ts';
import { Ledger } from './ledger.ts';
import { runLoad } from './load.ts';
import { openFiles, residentMemory, slope, type Sample } from './process-watch.ts';
import { runReloads } from './reloads.ts';
import type { Part } from './parts.ts';
import type { Promised, SoakReport } from './report.ts';
import type { SoakSite } from './site.ts';

/** Memory counts from here on, s. */
const WARM_UP = 180;

/** A line through less than this says nothing, s. */
const SHORTEST_JUDGED = 120;

/** Most growth of resident memory after the warm-up, bytes a minute. */
const MOST_GROWTH = 1e6;

/** How often all threads collect their garbage, and how long that may take, ms. */
const COLLECTION = 15_000;
const COLLECTION_TIME = 1000;

/** How often the access log is moved away, ms. */
const LOG_ROTATION = 30_000;

export interface SoakParts {
  readonly gateway: Gateway;
  /** Proxy threads of the gateway. */
  readonly workers: number;
  readonly heaps: Heaps;
  readonly sound: Origin;
  readonly broken: Origin;
  readonly ports: UpstreamPorts;
  readonly minutes: number;
  readonly seed: number;
  readonly without: ReadonlySet<Part>;
}

/** Puts the load on, takes it off, and looks at what is left. Stops the gateway. */
export async function soak(parts: SoakParts): Promise<SoakReport> {
  const { gateway, heaps, sound, broken, ports, minutes, seed, without } = parts;
  const ledger = new Ledger();
  const log = new AccessLogCounter(gateway);
  const samples: Sample[] = [];
  const filesBefore = openFiles(gateway.pid).length;
  const end = performance.now() + minutes * 60_000;
  const site: SoakSite = {
    gateway,
    ledger,
    random: new Random(seed),
    without,
    isOver: () => performance.now() > end || gateway.exit !== null,
  };
  const pauses = monitorEventLoopDelay();
  pauses.enable();
  const delayBefore = runDelay();
  const [reloads] = await Promise.all([
    runReloads(site, ports),
    runLoad(site),
    watchUpstreams(site, [sound, broken]),
    watchMemory(site, heaps, samples),
    rotateLogs(site, log),
  ]);
  pauses.disable();
  const heldUp = ((runDelay() - delayBefore) / (minutes * 60_000)) * 100;
  gateway.assertRunning();
  const memory = await memoryOf(gateway, samples);
  const promises = [memoryPromise(memory, minutes), ...(await lookAround(parts, log, filesBefore))];
  return {
    date: new Date().toISOString(),
    node: process.version,
    minutes,
    seed,
    without: [...without],
    exchanges: ledger.total,
    perSecond: ledger.total / (minutes * 60),
    longestPause: pauses.max / 1e6,
    heldUp,
    checked: Object.fromEntries(ledger.checked),
    failedAsAsked: Object.fromEntries(ledger.expected),
    unexpected: Object.fromEntries(ledger.unexpected),
    reloads,
    memory,
    promises: [ledgerPromise(ledger), ...promises],
  };
}

function ledgerPromise({ unexpected }: Ledger): Promised {
  return {
    what: 'every answer is right, and every failure one that was asked for',
    kept: unexpected.size === 0,
    found: [...unexpected.keys()].join(', ') || 'no other',
  };
}

/** Forgets what upstreams remember, once a second; what they saw amiss goes into the ledger. */
async function watchUpstreams(site: SoakSite, origins: readonly Origin[]): Promise<void> {
  while (!site.isOver()) {
    for (const origin of origins) {
      origin.exchanges = [];
      origin.connections = [];
      for (const problem of origin.problems.splice(0)) {
        site.ledger.wrong('the upstream got what no gateway should send', problem);
      }
    }
    await delay(1000);
  }
}

/** Samples once a second; now and then after a collection. */
async function watchMemory(site: SoakSite, heaps: Heaps, samples: Sample[]): Promise<void> {
  const start = performance.now();
  const { pid } = site.gateway;
  const take = (memory: number, collected: boolean): void => {
    const at = Math.round((performance.now() - start) / 100) / 10;
    samples.push({ at, memory, collected });
  };
  for (let next = start + COLLECTION; !site.isOver(); await delay(1000)) {
    take(residentMemory(pid), false);
    if (performance.now() < next) continue;
    next += COLLECTION;
    heaps.collect(site.gateway);
    take(await leastMemory(pid), true);
  }
}

/** The threads collect one by one, and each fills its heap again at once: the least tells most. */
async function leastMemory(pid: number): Promise<number> {
  let least = Infinity;
  for (const end = performance.now() + COLLECTION_TIME; performance.now() < end; await delay(20)) {
    least = Math.min(least, residentMemory(pid));
  }
  return least;
}

async function rotateLogs(site: SoakSite, log: AccessLogCounter): Promise<void> {
  for (let next = performance.now() + LOG_ROTATION; !site.isOver(); await delay(200)) {
    if (performance.now() < next) continue;
    next += LOG_ROTATION;
    await log.rotate();
  }
}

/** What must hold once the load is off; ends with the gateway stopped. */
async function lookAround(
  { gateway, ports, heaps, workers }: SoakParts,
  log: AccessLogCounter,
  filesBefore: number,
): Promise<Promised[]> {
  const upstreams = [ports.sound, ports.broken];
  const promises = [
    await aftermath.nothingInFlight(gateway),
    await aftermath.poolIsCounted(gateway, upstreams),
    await aftermath.noSocketsLeft(gateway, upstreams, true),
    await aftermath.noSocketsLeft(gateway, upstreams, false),
    await aftermath.allRequestsLogged(gateway, log),
  ];
  const files = openFiles(gateway.pid).length;
  promises.push({
    what: 'no more files are open than before the load',
    kept: files <= filesBefore,
    found: `${files} of ${filesBefore}`,
  });
  promises.push(await aftermath.nothingInMemory(gateway, heaps, workers));
  const { code, signal } = await gateway.stop();
  promises.push({ what: 'it ends when told to', kept: code === 0, found: String(code ?? signal) });
  return promises;
}

async function memoryOf(gateway: Gateway, samples: Sample[]): Promise<SoakReport['memory']> {
  const metrics = await aftermath.scrape(gateway);
  const inUse = metrics
    .filter(({ name }) => name === 'kong_memory_workers_lua_vms_bytes')
    .map(({ value }) => value);
  const length = samples.at(-1)?.at ?? 0;
  const from = Math.min(WARM_UP, Math.round(length / 2));
  return {
    samples,
    from,
    slope: slope(samples, from),
    afterLoad: residentMemory(gateway.pid),
    heaps: inUse,
  };
}

function memoryPromise({ slope: growth, from }: SoakReport['memory'], minutes: number): Promised {
  const judged = from >= WARM_UP && minutes * 60 - from >= SHORTEST_JUDGED;
  const found = `${(growth / 1e6).toFixed(2)} MB a minute from second ${from}`;
  return {
    what: 'memory that cannot be collected grows by at most 1 MB a minute once it is warm',
    kept: !judged || growth <= MOST_GROWTH,
    found: judged ? found : `${found}; too short to be judged`,
  };
}
