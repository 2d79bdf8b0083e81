import { count, fixed, mebibytes, milliseconds, spread } from '../format.ts';
import { type PacedResult, P99_GOAL } from '../paced.ts';
import type { NamedRow } from '../results.ts';
import type { ContestantResult, GoalResult } from '../summary.ts';
import { remarksOn, verdictOf } from '../summary.ts';
import type { Table } from '../table.ts';

/** What was measured for one scenario. */
export interface ScenarioResult extends NamedRow {
  readonly title: string;
  readonly date: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly contestants: readonly ContestantResult[];
  readonly goal: GoalResult | null;
  readonly paced: PacedResult | null;
}

/** Everything that was measured of some scenarios. */
export function detailTable(scenarios: readonly ScenarioResult[]): Table {
  return {
    head: [
      ...['Scenario', 'Server', 'CPU µs/request', 'to nginx', 'requests/s'],
      ...['p50 ms', 'p99 ms', 'memory MiB', 'Remarks'],
    ],
    rows: scenarios.flatMap(({ title, contestants }) =>
      contestants.map((contestant, index) => [index === 0 ? title : '', ...detailRow(contestant)]),
    ),
  };
}

function detailRow(result: ContestantResult): string[] {
  return [
    result.name,
    result.cpu === null ? '' : spread(result.cpu, 1),
    result.ratio === null ? '' : spread(result.ratio, 2),
    count(result.rate.median),
    milliseconds(result.p50.median),
    milliseconds(result.p99.median),
    result.residentBytes === null ? '' : mebibytes(result.residentBytes),
    remarksOn(result),
  ];
}

/** What was to be reached, and what was. */
export function goalTable(scenarios: readonly ScenarioResult[]): Table {
  const rows: string[][] = [];
  for (const { title, goal, paced } of scenarios) {
    if (goal !== null) {
      rows.push([
        title,
        `${goal.of}, CPU a request`,
        `≤ ${fixed(goal.atMost, 2)}`,
        spread(goal.measured, 2),
        goal.verdict,
      ]);
    }
    const own = paced?.contestants.find(({ name }) => name === 'Sluice');
    if (paced && own) {
      rows.push([
        `${title}, at ${count(paced.rate)} requests/s`,
        'nginx, p99',
        `≤ ${fixed(P99_GOAL, 2)}`,
        spread(own.ratio, 2),
        verdictOf(own.ratio, P99_GOAL),
      ]);
    }
  }
  return { head: ['Scenario', 'In relation to', 'To reach', 'Measured', ''], rows };
}

/** Latencies at a fixed rate. */
export function pacedTable(scenarios: readonly ScenarioResult[]): Table {
  return {
    head: ['Scenario', 'Server', 'p50 ms', 'p99 ms', 'slowest ms', 'Remarks'],
    rows: scenarios.flatMap(({ title, paced }) =>
      (paced?.contestants ?? []).map((contestant, index) => [
        index === 0 ? `${title}, ${count(paced?.rate ?? 0)} requests/s` : '',
        contestant.name,
        milliseconds(contestant.p50.median),
        milliseconds(contestant.p99.median),
        milliseconds(contestant.max.median),
        contestant.problems.length === 0 ? '' : `INVALID: ${contestant.problems.join('; ')}`,
      ]),
    ),
  };
}
