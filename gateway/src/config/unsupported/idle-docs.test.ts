import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { idleTables } from './capabilities.ts';

const page = readFileSync(
  new URL('../../../../docs/reference/declarative.md', import.meta.url),
  'utf8',
);

it('docs/reference/declarative.md names exactly the entities that are kept without effect', () => {
  const [, listed = ''] = /Kept without effect, .*?: ([^.]*)\./s.exec(page) ?? [];
  const named = [...listed.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  assert.deepEqual(named, idleTables);
});
