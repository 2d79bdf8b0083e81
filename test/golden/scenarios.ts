import { readdirSync, readFileSync } from 'node:fs';
import type { Scenario } from './replay-proxy.mjs';

/** A scenario, or one exchange of it, that cannot agree yet. */
interface Waiting {
  readonly scenario: string;
  readonly exchange?: string;
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

const allWaiting = read('waiting.json') as Waiting[];

/** What each scenario waits for that waits as a whole, by its name. */
export const waiting: ReadonlyMap<string, string> = new Map(
  allWaiting.filter((it) => it.exchange === undefined).map((it) => [it.scenario, it.for]),
);

/** Whether single exchanges of a scenario wait for a plugin: the rest is replayed without it. */
export function waitsInPart(scenario: string): boolean {
  return allWaiting.some((it) => it.scenario === scenario && it.exchange !== undefined);
}

const differences = read('differences.json') as Difference[];

/** Why an exchange differs on purpose, or what it waits for, by its id. */
export function differencesOf(scenario: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const entry of differences) {
    if (entry.scenario === scenario) found.set(entry.exchange, entry.reason);
  }
  for (const entry of allWaiting) {
    if (entry.scenario === scenario && entry.exchange !== undefined) {
      found.set(entry.exchange, `waits for ${entry.for}`);
    }
  }
  return found;
}

/** Every recording, those with the same node settings next to each other. */
export function loadScenarios(): Scenario[] {
  const names = readdirSync(new URL('proxy/', here)).filter((name) => name.endsWith('.json'));
  const scenarios = names.sort().map((name) => read(`proxy/${name}`) as Scenario);
  const known = new Set(scenarios.map((scenario) => scenario.scenario));
  for (const { scenario: name } of [...allWaiting, ...differences]) {
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
