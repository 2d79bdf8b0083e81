import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadDir, type AdminScenario } from './replay-admin.mjs';

/** A step in which Sluice differs from Kong on purpose. */
interface Difference {
  readonly scenario: string;
  readonly step: number;
  readonly reason: string;
}

const differences = JSON.parse(
  readFileSync(new URL('admin-differences.json', import.meta.url), 'utf8'),
) as Difference[];

/** Why a step differs on purpose, by its number. */
export function stepDifferencesOf(scenario: string): ReadonlyMap<number, string> {
  const entries = differences.filter((entry) => entry.scenario === scenario);
  return new Map(entries.map((entry) => [entry.step, entry.reason]));
}

/** Every recording of a gateway with a database (`postgres`), or of one without (`off`). */
export function loadAdminScenarios(mode: AdminScenario['mode']): AdminScenario[] {
  const scenarios = loadDir(fileURLToPath(new URL('admin/', import.meta.url)));
  for (const { scenario, step } of differences) {
    const recorded = scenarios.find((one) => one.scenario === scenario);
    if (recorded?.steps.some(({ id }) => id === step)) continue;
    throw new Error(`admin-differences.json names step ${step} of ${scenario}, which is none`);
  }
  return scenarios.filter((one) => one.mode === mode);
}
