import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { useSite } from '../support/site.ts';
import { loadCaseFiles, type CaseFile } from './case.ts';
import { runCase } from './run-case.ts';

const files = loadCaseFiles();

/** Groups that need the same gateway, which then serves them all. */
function bySettings(): CaseFile[][] {
  const groups = new Map<string, CaseFile[]>();
  for (const file of files) {
    const key = JSON.stringify([file.flags, file.service]);
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return [...groups.values()];
}

for (const group of bySettings()) {
  const { flags = [], service = {} } = group[0]!;
  describe(`HTTP conformance ${flags.join(' ')}`, () => {
    const site = useSite({ flags, service: { retries: 0, ...service } });
    for (const file of group) {
      describe(file.group, () => {
        for (const one of file.cases) {
          it(`${one.name} (${one.rfc})`, () => runCase(site, one));
        }
      });
    }
  });
}

describe('The corpus', () => {
  it('names every case once', () => {
    const names = files.flatMap(({ group, cases }) => cases.map((one) => `${group}: ${one.name}`));
    assert.equal(new Set(names).size, names.length);
  });

  it('covers at least 250 cases', () => {
    assert.ok(files.reduce((sum, file) => sum + file.cases.length, 0) >= 250);
  });
});
