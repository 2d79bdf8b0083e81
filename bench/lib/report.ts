import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartRows, drawChart } from './chart.ts';
import { type NamedRow, type Result, readResult, usualFolder } from './results.ts';
import { toMarkdown } from './table.ts';
import { type AdminRow, adminTable } from './tables/admin.ts';
import { type EdgeResult, edgeGoalTable, edgeTable } from './tables/edge.ts';
import { type MemoryRow, memoryTable } from './tables/memory.ts';
import { type MigrationRow, migrationTable } from './tables/migration.ts';
import { type ScenarioResult, detailTable, goalTable, pacedTable } from './tables/proxy.ts';
import { type ReloadRow, reloadTable } from './tables/reload.ts';
import { type StreamRow, streamTable } from './tables/stream.ts';
import { type TcpRow, tcpTable } from './tables/tcp.ts';
import { workspace } from './tools.ts';

/** Begins a part of a document that is written from results; `<!-- /bench -->` ends it. */
const marked = /(<!-- bench:(\w+) [^>]*-->\n)[\s\S]*?(<!-- \/bench -->)/g;

/**
 * Brings what documents and the chart say in line with the results in a folder. Results of the usual
 * folder go into `bench/README.md`, the README and `bench/chart.svg`; those of another one into files
 * beside them.
 */
export function writeReport(folder: string): void {
  const usual = folder === usualFolder;
  const chart = drawResult(readResult<ScenarioResult>('proxy', folder));
  if (chart !== undefined) {
    writeFileSync(join(usual ? join(workspace, 'bench') : folder, 'chart.svg'), chart);
  }
  const sections = sectionsOf(folder);
  if (usual) {
    for (const path of ['bench/README.md', 'README.md']) {
      const file = join(workspace, path);
      writeFileSync(file, fillIn(readFileSync(file, 'utf8'), sections));
    }
  } else {
    writeFileSync(join(folder, 'report.md'), Object.values(sections).join('\n'));
  }
}

/** Puts each section in place of what stands between its marks. */
export function fillIn(document: string, sections: Readonly<Record<string, string>>): string {
  return document.replace(marked, (whole, begin: string, name: string, end: string) => {
    const section = sections[name];
    return section === undefined ? whole : `${begin}\n${section}\n${end}`;
  });
}

function sectionsOf(folder: string): Record<string, string> {
  const proxy = readResult<ScenarioResult>('proxy', folder);
  return {
    chart:
      proxy === undefined
        ? notMeasured('bench')
        : `![CPU time of a request in relation to nginx](bench/chart.svg)\n\n${origin(proxy)}`,
    proxy: section('bench', proxy, proxySection),
    migration: section('bench:migration', readResult<MigrationRow>('migration', folder), (rows) =>
      toMarkdown(migrationTable(rows)),
    ),
    reload: section('bench:reload', readResult<ReloadRow>('reload', folder), (rows) =>
      toMarkdown(reloadTable(rows)),
    ),
    memory: section('bench:memory', readResult<MemoryRow>('memory', folder), (rows) =>
      toMarkdown(memoryTable(rows)),
    ),
    edge: section('bench:edge', readResult<EdgeResult>('edge', folder), edgeSection),
    admin: section('bench:admin', readResult<AdminRow>('admin', folder), (rows) =>
      toMarkdown(adminTable(rows)),
    ),
    stream: section('bench:stream', readResult<StreamRow>('stream', folder), (rows) =>
      toMarkdown(streamTable(rows)),
    ),
    tcp: section('bench:tcp', readResult<TcpRow>('tcp', folder), (rows) =>
      toMarkdown(tcpTable(rows)),
    ),
  };
}

function proxySection(scenarios: readonly ScenarioResult[]): string {
  const { rounds, seconds } = scenarios[0] ?? { rounds: 0, seconds: 0 };
  return [
    '![CPU time of a request in relation to nginx](chart.svg)\n',
    toMarkdown(goalTable(scenarios)),
    `Medians of ${rounds} rounds of ${seconds} s, with the middle half of the rounds in brackets:\n`,
    toMarkdown(detailTable(scenarios)),
    'At a fixed rate:\n',
    toMarkdown(pacedTable(scenarios)),
  ].join('\n');
}

function edgeSection(results: readonly EdgeResult[]): string {
  const { rounds, seconds } = results[0] ?? { rounds: 0, seconds: 0 };
  return [
    toMarkdown(edgeGoalTable(results)),
    `Medians of ${rounds} rounds of ${seconds} s, with the middle half of the rounds in brackets:\n`,
    toMarkdown(edgeTable(results)),
  ].join('\n');
}

function section<T extends object>(
  script: string,
  result: Result<T> | undefined,
  render: (rows: readonly T[]) => string,
): string {
  if (result === undefined) return notMeasured(script);
  return `${render(result.rows)}\n${origin(result)}`;
}

function notMeasured(script: string): string {
  return `Not measured yet: \`npm run ${script}\`.\n`;
}

/** Where, when and with what it was measured. */
function origin({ date, commit, quick, machine, versions, rows }: Result<object>): string {
  const commits = new Set(rows.map((row) => (row as Partial<NamedRow>).commit ?? commit));
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return (
    `${quick ? '**A quick run: the numbers mean nothing.** ' : ''}Measured on ${date.slice(0, 10)} ` +
    `at commit ${[...commits].map((name) => `\`${name}\``).join(', ')}: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ` +
    `${machine.system}, Linux ${machine.kernel}; ${list.join(', ')}.\n`
  );
}

function drawResult(result: Result<ScenarioResult> | undefined): string | undefined {
  if (result === undefined) return undefined;
  const { machine, versions, date } = result;
  return drawChart('CPU time of a request, nginx as a plain proxy = 1', chartRows(result.rows), [
    'Lower is better. Each server has one core and the load another one.',
    `${result.quick ? 'A QUICK RUN: THE NUMBERS MEAN NOTHING. ' : ''}${date.slice(0, 10)}, ` +
      `${machine.cpu}, nginx ${versions['nginx'] ?? '?'}, Node ${versions['Node'] ?? '?'}`,
  ]);
}
