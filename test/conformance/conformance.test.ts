import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { useSite } from '../support/site.ts';
import { loadCaseFiles } from './case.ts';
import { runCase } from './run-case.ts';

const files = loadCaseFiles();

for (const { group, cases, flags = [], service = {} } of files) {
  describe(`HTTP conformance: ${group}`, () => {
    const site = useSite({ flags, service: { retries: 0, ...service } });
    for (const one of cases) {
      it(`${one.name} (${one.rfc})`, () => runCase(site, one));
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
