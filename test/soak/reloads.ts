import { setTimeout as delay } from 'node:timers/promises';
import { fairNow } from '../support/fair-time.ts';
import { configuration, type UpstreamPorts } from './configuration.ts';
import type { SoakSite } from './site.ts';

/** From the start of one reload to that of the next, ms. */
const INTERVAL = 1000;

/** How long a reload may take to be served or refused, ms of fair time. */
const PATIENCE = 15_000;

/** Every so many reloads a configuration is offered that must be refused. */
const REFUSED_EVERY = 15;

export interface ReloadReport {
  served: number;
  refused: number;
  /** ms from the signal until every thread served it */
  slowest: number;
}

/** Reloads about once a second until the site is over. */
export async function runReloads(site: SoakSite, ports: UpstreamPorts): Promise<ReloadReport> {
  const report: ReloadReport = { served: 0, refused: 0, slowest: 0 };
  if (site.without.has('reloads')) return report;
  for (let version = 1; !site.isOver(); version++) {
    const start = performance.now();
    try {
      if (version % REFUSED_EVERY === 0) {
        await offerNonsense(site);
        report.refused++;
      } else {
        await reload(site, configuration(ports, version));
        report.served++;
        report.slowest = Math.max(report.slowest, performance.now() - start);
      }
    } catch (error) {
      site.ledger.wrong('reload', error);
    }
    await delay(Math.max(0, INTERVAL - (performance.now() - start)));
  }
  return report;
}

async function reload({ gateway }: SoakSite, config: object): Promise<void> {
  const { revision } = await gateway.status();
  gateway.write(config);
  gateway.signal('SIGHUP');
  for (const end = fairNow() + PATIENCE; (await gateway.status()).revision <= revision;) {
    gateway.assertRunning();
    if (fairNow() > end) throw new Error(`not served within ${PATIENCE} ms`);
    await delay(20);
  }
}

async function offerNonsense({ gateway }: SoakSite): Promise<void> {
  const before = gateway.output.length;
  gateway.write('{"_format_version": "3.0", "services": [{"url": 17}]}');
  gateway.signal('SIGHUP');
  for (const end = fairNow() + PATIENCE; !gateway.output.slice(before).includes('refused');) {
    gateway.assertRunning();
    if (fairNow() > end) throw new Error(`not refused within ${PATIENCE} ms`);
    await delay(20);
  }
}
