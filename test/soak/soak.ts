import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../fuzz/random.ts';
import type { Gateway } from '../support/gateway.ts';
import type { Origin } from '../support/origin.ts';
import { AccessLogCounter } from './access-log.ts';
import * as aftermath from './aftermath.ts';
import type { UpstreamPorts } from './configuration.ts';
import type { HeapCensus } from './heap-census.ts';
import { Ledger } from './ledger.ts';
import { runLoad } from './load.ts';
import { openFiles, residentMemory, slope, type Sample } from './process-watch.ts';
import { runReloads } from './reloads.ts';
import type { Promised, SoakReport } from './report.ts';
import type { SoakSite } from './site.ts';

/** Memory counts from here on, s. */
const WARM_UP = 180;

/** A line through less than this says nothing, s. */
const SHORTEST_JUDGED = 120;

/** Most growth of resident memory after the warm-up, bytes a minute. */
const MOST_GROWTH = 1e6;

/** How often the access log is moved away, ms. */
const LOG_ROTATION = 30_000;

export interface SoakParts {
  readonly gateway: Gateway;
  /** Proxy threads of the gateway. */
  readonly workers: number;
  readonly heaps: HeapCensus;
  readonly sound: Origin;
  readonly broken: Origin;
  readonly ports: UpstreamPorts;
  readonly minutes: number;
  readonly seed: number;
}

/** Puts the load on, takes it off, and looks at what is left. Stops the gateway. */
export async function soak(parts: SoakParts): Promise<SoakReport> {
  const { gateway, sound, broken, ports, minutes, seed } = parts;
  const ledger = new Ledger();
  const log = new AccessLogCounter(gateway);
  const samples: Sample[] = [];
  const filesBefore = openFiles(gateway.pid).length;
  const end = performance.now() + minutes * 60_000;
  const site: SoakSite = {
    gateway,
    ledger,
    random: new Random(seed),
    isOver: () => performance.now() > end || gateway.exit !== null,
  };
  const [reloads] = await Promise.all([
    runReloads(site, ports),
    runLoad(site),
    watchUpstreams(site, [sound, broken]),
    watchMemory(site, samples),
    rotateLogs(site, log),
  ]);
  gateway.assertRunning();
  const memory = await memoryOf(gateway, samples);
  const promises = [memoryPromise(memory, minutes), ...(await lookAround(parts, log, filesBefore))];
  return {
    date: new Date().toISOString(),
    node: process.version,
    minutes,
    seed,
    exchanges: ledger.total,
    perSecond: ledger.total / (minutes * 60),
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

async function watchMemory(site: SoakSite, samples: Sample[]): Promise<void> {
  const start = performance.now();
  while (!site.isOver()) {
    const at = Math.round((performance.now() - start) / 100) / 10;
    samples.push({ at, memory: residentMemory(site.gateway.pid) });
    await delay(1000);
  }
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
  const heaps = metrics
    .filter(({ name }) => name === 'kong_memory_workers_lua_vms_bytes')
    .map(({ value }) => value);
  const length = samples.at(-1)?.at ?? 0;
  const from = Math.min(WARM_UP, Math.round(length / 2));
  return {
    samples,
    from,
    slope: slope(samples, from),
    afterLoad: residentMemory(gateway.pid),
    heaps,
  };
}

function memoryPromise({ slope: growth, from }: SoakReport['memory'], minutes: number): Promised {
  const judged = from >= WARM_UP && minutes * 60 - from >= SHORTEST_JUDGED;
  const found = `${(growth / 1e6).toFixed(2)} MB a minute from second ${from}`;
  return {
    what: 'memory grows by at most 1 MB a minute once it is warm',
    kept: !judged || growth <= MOST_GROWTH,
    found: judged ? found : `${found}; too short to be judged`,
  };
}
