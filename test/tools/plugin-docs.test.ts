import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { describePlugin } from '../../gateway/src/plugin/describe.ts';
import { validConfig } from '../../gateway/src/plugin/testing/test-gateway.ts';
import { bundledPlugins } from '../../gateway/src/plugins/bundled.ts';
import { generatedFiles, withFields } from './plugin-docs.ts';

describe('what is written about plugins', () => {
  it('agrees with their definitions', async () => {
    for (const { path, expected, actual } of await generatedFiles()) {
      assert.equal(actual, expected, `${relative('', path)} is out of date: run npm run docs`);
    }
  });

  it('begins below what was written by hand, and is brought up to date from then on', () => {
    const described = describePlugin(bundledPlugins.get('acl')!);
    const first = withFields('# acl\n', described);
    assert.match(first, /^# acl\n+## Fields\n[^]*\| `allow` \|/);
    assert.equal(withFields(first, described), first);
    const { fields } = described;
    const shorter = withFields(first, { ...described, fields: fields.slice(1) });
    assert.doesNotMatch(shorter, /`allow`/);
  });

  it('says of every field what it means', async () => {
    for (const { path, expected } of await generatedFiles()) {
      assert.doesNotMatch(expected, /^\| `.*\| +\|$/m, path);
    }
  });

  for (const plugin of bundledPlugins.values()) {
    it(`shows ${plugin.name} in an example that is valid`, () => {
      const readme = new URL(`../../gateway/src/plugins/${plugin.name}/README.md`, import.meta.url);
      const examples = readFileSync(readme, 'utf8').matchAll(/```yaml\n([^]*?)```/g);
      const shown = [...examples].flatMap(([, yaml = '']) => pluginsIn(parse(yaml)));
      assert.ok(shown.some(({ name }) => name === plugin.name));
      for (const { name, config = {} } of shown) validConfig(bundledPlugins.get(name)!, config);
    });
  }
});

interface Shown {
  readonly name: string;
  readonly config?: object;
}

/** Every plugin of a declarative document, wherever it stands. */
function pluginsIn(node: unknown): Shown[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) =>
    key === 'plugins' ? (value as Shown[]) : pluginsIn(value),
  );
}
