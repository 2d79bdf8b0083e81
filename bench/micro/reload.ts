/**
 * What a reload costs the control thread, step by step: CPU ms of reading, snapshot and messages, for
 * the first load of a JSON file, one route changed, nothing changed and everything changed; then the
 * resident memory. Usage: node [--expose-gc] [--cpu-prof] bench/micro/reload.ts [services]
 */
import { DeclarativeReader } from '../../gateway/src/config/reader.ts';
import { DeltaChunks } from '../../gateway/src/control/threads/delta-chunks.ts';
import { bundledPlugins } from '../../gateway/src/plugins/bundled.ts';
import { delta } from '../../gateway/src/snapshot/delta.ts';
import { createSnapshot, type Snapshot } from '../../gateway/src/snapshot/snapshot.ts';
import { siteDocument, type SiteDocument } from '../lib/documents.ts';

const size = Number(process.argv[2] ?? 10_000);
const ROUNDS = 5;

function siteOf(generation: number): SiteDocument {
  const plugins = [{ name: 'key-auth', config: { key_names: ['apikey'] } }];
  const shape = { port: 80, routes: size, path: '/api/service-{n}/', consumers: size, plugins };
  return siteDocument({ ...shape, generation });
}

function withOneRouteChanged(site: SiteDocument, round: number): SiteDocument {
  const services = [...site.services];
  const at = Math.floor(size / 2);
  const changed = { name: `route-${at}`, paths: [`/changed-${round}`], strip_path: false };
  services[at] = { ...services[at], routes: [changed] };
  return { ...site, services };
}

interface Step {
  readonly name: string;
  /** CPU of this thread, ms. */
  readonly ms: number;
}

const reader = new DeclarativeReader('kong.json', { plugins: bundledPlugins });
let served: Snapshot | null = null;

function reload(text: string): { steps: Step[]; bytes: number } {
  const steps: Step[] = [];
  const timed = <T>(name: string, run: () => T): T => {
    const start = process.threadCpuUsage();
    const result = run();
    const { user, system } = process.threadCpuUsage(start);
    steps.push({ name, ms: (user + system) / 1000 });
    return result;
  };
  const declarative = timed('parse', () => reader.read(text));
  if (!declarative.ok) throw new Error(JSON.stringify(declarative.problems[0]));
  const before = served;
  const next = timed('snapshot', () =>
    createSnapshot(declarative.entities, (before?.revision ?? 0) + 1, before ?? undefined),
  );
  const bytes = timed('messages', () => {
    const read = new DeltaChunks(delta(before, next)).join();
    let sum = 0;
    for (let chunk = read(); chunk !== undefined; chunk = read()) sum += chunk.length;
    return sum;
  });
  served = next;
  return { steps, bytes };
}

function report(name: string, text: string): void {
  // Copied, as if it had just been read.
  const { steps, bytes } = reload(Buffer.from(text).toString());
  const total = steps.reduce((sum, { ms }) => sum + ms, 0);
  const parts = steps.map((step) => `${step.name} ${step.ms.toFixed(1).padStart(6)}`).join('  ');
  console.log(
    `${name.padEnd(12)} ${parts}  total ${total.toFixed(1).padStart(6)}  sent ${bytes} bytes`,
  );
}

function memory(when: string): void {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const mb = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
  console.log(`${when}: rss ${mb(rss)} MB, heap ${mb(heapUsed)} MB, external ${mb(external)} MB`);
}

memory('at the start');
report('first', JSON.stringify(siteOf(0)));
memory('after the first load');
for (let round = 1; round <= ROUNDS; round++) {
  report('one changed', JSON.stringify(withOneRouteChanged(siteOf(0), round)));
}
report('unchanged', JSON.stringify(withOneRouteChanged(siteOf(0), ROUNDS)));
for (let round = 1; round <= ROUNDS; round++) report('all changed', JSON.stringify(siteOf(round)));
memory('after five full reloads');
console.log(`most resident: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
