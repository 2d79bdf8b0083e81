import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { MetricsCollector } from '../../telemetry/exposition.ts';
import { threadFamilies } from '../../telemetry/metric-families.ts';
import { targetHealthFamily } from '../health/target-metrics.ts';
import { nodeMetrics } from './status-metrics.ts';

const page = readFileSync(
  new URL('../../../../docs/reference/metrics.md', import.meta.url),
  'utf8',
);

it('docs/reference/metrics.md lists exactly the metrics there are, with type, labels and buckets', () => {
  const documented = [...page.matchAll(/^\| `(\w+)` +\| (\w+) +\| (.*?) +\|/gm)].map(
    ([, name, type, labels]) => `${name} ${type} ${labels!.replaceAll('`', '')}`.trim(),
  );
  const collector = new MetricsCollector();
  collector.attach({ threadIndex: 0, metrics: new SharedArrayBuffer(1024) });
  const node = nodeMetrics(
    {
      version: '1',
      nodeId: 'n',
      startedAt: 0,
      listen: [],
      streamListen: [],
      adminListen: [],
      statusListen: [],
      served: { revision: 1, hash: '' },
      pendingRevision: null,
      threads: [{ index: 0, state: 'running', revision: 1, restarts: 0 }],
      lastReload: { time: 0, ok: true, errors: [] },
      lastSuccess: 0,
      reloadFailures: 0,
      notReady: null,
      store: {
        kind: 'postgres',
        reachable: true,
        problem: null,
        since: 0,
        revision: 1,
        source: 'store',
        foreign: false,
        lastSync: 0,
      },
      warnings: [],
      certificates: [
        { where: 'proxy', source: 'x', names: 'y', keyType: 'ec', expires: 0, problem: null },
      ],
    },
    collector,
    { counters: { slots: 1, used: 0, full: 0 }, health: { slots: 1, used: 0, full: 0 } },
  ).map(({ name, type, samples }) => ({ name, type, labels: Object.keys(samples[0]!.labels) }));
  const real = [...threadFamilies, targetHealthFamily, ...node].map(({ name, type, labels }) =>
    `${name} ${type} ${labels.join(', ')}`.trim(),
  );
  assert.deepEqual(documented.sort(), real.sort());
  const flat = page.replace(/\s+/g, ' ');
  for (const { name, buckets } of threadFamilies) {
    if (buckets !== undefined) assert.ok(flat.includes(buckets.join(', ')), `buckets of ${name}`);
  }
});
