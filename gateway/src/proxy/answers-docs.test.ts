import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { ANSWERS } from './answers.ts';

const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

it('docs/errors.md lists exactly the answers there are, as they are given', () => {
  const documented = page.split('\n').flatMap((line) => {
    const row = /^\| `(\w+)` +\| (\d{3}) +\| (.*?) +\| \S/.exec(line);
    return row === null ? [] : [`${row[1]} ${row[2]} ${row[3]}`];
  });
  // The same reason under Kong's status is told in the row's text.
  const given = Object.values(ANSWERS)
    .filter((answer) => answer !== ANSWERS.head_too_large_kong)
    .map(({ reason, status, message }) => `${reason} ${status} ${message}`);
  assert.deepEqual(documented.sort(), given.sort());
});
