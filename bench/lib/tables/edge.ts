import { count, fixed, mebibytes, spread } from '../format.ts';
import type { Unit } from '../edge/scenarios.ts';
import { remarksOn } from '../summary.ts';
import type { Table } from '../table.ts';
import type { ScenarioResult } from './proxy.ts';

/** What was measured for one kind of traffic at the edge. */
export interface EdgeResult extends ScenarioResult {
  readonly unit: Unit;
}

/** What was to be reached, and what was: CPU time, and its inverse, the work that a core does. */
export function edgeGoalTable(results: readonly EdgeResult[]): Table {
  return {
    head: ['Scenario', 'In relation to', 'To reach', 'Measured', 'Work of a core', ''],
    rows: results.flatMap(({ title, unit, goal }) =>
      goal === null
        ? []
        : [
            [
              title,
              `${goal.of}, CPU a ${unit}`,
              `≤ ${fixed(goal.atMost, 2)}`,
              spread(goal.measured, 2),
              fixed(1 / goal.measured.median, 2),
              goal.verdict,
            ],
          ],
    ),
  };
}

export function edgeTable(results: readonly EdgeResult[]): Table {
  return {
    head: ['Scenario', 'Server', 'CPU µs', 'to nginx', 'a second', 'memory MiB', 'Remarks'],
    rows: results.flatMap(({ title, contestants }) =>
      contestants.map((result, index) => [
        index === 0 ? title : '',
        result.name,
        result.cpu === null ? '' : spread(result.cpu, 1),
        result.ratio === null ? '' : spread(result.ratio, 2),
        count(result.rate.median),
        result.residentBytes === null ? '' : mebibytes(result.residentBytes),
        remarksOn(result),
      ]),
    ),
  };
}
