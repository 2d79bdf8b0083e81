import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  checkStep,
  options,
  type AdminScenario,
  type RecordedStep,
} from '../../../test/golden/replay-admin.mjs';
import { knownPlugins } from '../plugins/known.ts';
import {
  publishedEntity,
  publishedPlugin,
  publishedPluginConfig,
  publishedVault,
} from './published-schema.ts';

type Scenario = Omit<AdminScenario, 'steps'> & { readonly steps: RecordedStep[] };

function scenario(name: string): Scenario {
  const file = new URL(`../../../test/golden/admin/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Scenario;
}

/** What is published at a path, or undefined when there is nothing. */
function publishedAt(path: string): object | undefined {
  const [, first, second, third] = path.split('/');
  const plugin = knownPlugins.get(third ?? '');
  if (first === 'plugins') return plugin && publishedPluginConfig(plugin);
  if (second === 'plugins' && third) return plugin && publishedPlugin(plugin);
  if (second === 'vaults' && third !== undefined) return publishedVault(third);
  return publishedEntity(second ?? '');
}

function compare(all: Scenario, step: RecordedStep, body: unknown): string[] {
  const answer = { status: 200, headers: step.response.headers, body };
  return checkStep(step, all, answer, {}, options());
}

const recorded = ['entities', 'misc', 'plugins-a', 'plugins-b', 'plugins-c'];

describe('published schemas', () => {
  for (const name of recorded) {
    it(`say of ${name} what Kong publishes`, () => {
      const all = scenario(`schemas-${name}`);
      const differences = all.steps.flatMap((step) => {
        const { request, response } = step;
        const body = publishedAt(request.path);
        const found = response.status === 200 ? compare(all, step, body) : (body ?? []);
        return [found].flat().map((difference) => `${request.path}: ${JSON.stringify(difference)}`);
      });
      assert.deepEqual(differences, []);
    });
  }
});

/** Guards against a comparison that compares nothing. */
describe('the comparison with recordings', () => {
  it('sees a default that differs', () => {
    const all = scenario('schemas-entities');
    const step = all.steps.find(({ request }) => request.path === '/schemas/services');
    assert.ok(step !== undefined);
    const text = JSON.stringify(publishedEntity('services')).replace('60000', '60001');
    const differences = compare(all, step, JSON.parse(text));
    assert.ok(differences.some((difference) => difference.includes('60001')));
  });
});
