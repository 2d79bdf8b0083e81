import { readdirSync, readFileSync } from 'node:fs';
import type { Scenario } from './replay-proxy.mjs';

/** A scenario that cannot agree yet. */
interface Waiting {
  readonly scenario: string;
  readonly for: string;
}

/** An exchange in which Sluice differs from Kong on purpose. */
interface Difference {
  readonly scenario: string;
  readonly exchange: string;
  readonly reason: string;
}

const here = new URL('./', import.meta.url);

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, here), 'utf8'));
}

/** What each waiting scenario waits for, by its name. */
export const waiting: ReadonlyMap<string, string> = new Map(
  (read('waiting.json') as Waiting[]).map((entry) => [entry.scenario, entry.for]),
);

const differences = read('differences.json') as Difference[];

/** Why an exchange differs on purpose, by its id. */
export function differencesOf(scenario: string): ReadonlyMap<string, string> {
  const entries = differences.filter((entry) => entry.scenario === scenario);
  return new Map(entries.map((entry) => [entry.exchange, entry.reason]));
}

/** Every recording, those with the same node settings next to each other. */
export function loadScenarios(): Scenario[] {
  const names = readdirSync(new URL('proxy/', here)).filter((name) => name.endsWith('.json'));
  const scenarios = names.sort().map((name) => read(`proxy/${name}`) as Scenario);
  const known = new Set(scenarios.map((scenario) => scenario.scenario));
  for (const name of [...waiting.keys(), ...differences.map((entry) => entry.scenario)]) {
    if (!known.has(name))
      throw new Error(`waiting.json or differences.json names ${name}, which is no scenario`);
  }
  return scenarios;
}

/** The scenarios of each set of node settings: one gateway process serves one set. */
export function bySettings(scenarios: readonly Scenario[]): [Record<string, string>, Scenario[]][] {
  const groups = new Map<string, Scenario[]>();
  for (const scenario of scenarios) {
    const key = JSON.stringify(scenario.node_settings ?? {});
    groups.set(key, [...(groups.get(key) ?? []), scenario]);
  }
  return [...groups].map(([key, group]) => [JSON.parse(key) as Record<string, string>, group]);
}
