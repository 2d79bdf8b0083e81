import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { formatAccessLine } from './access-log.ts';
import { exchangeRecord } from './exchange-record.fixture.ts';

const page = readFileSync(
  new URL('../../../docs/reference/access-log.md', import.meta.url),
  'utf8',
);

it('docs/reference/access-log.md lists the fields of a line, in their order', () => {
  const documented = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...line.split('|')[1]!.matchAll(/`(\w+)`/g)].map((match) => match[1]));
  const line = JSON.parse(formatAccessLine(exchangeRecord())) as object;
  assert.deepEqual(documented, Object.keys(line));
  const example = JSON.parse(/^\{"time".*\}$/m.exec(page)![0]) as object;
  assert.deepEqual(Object.keys(example), Object.keys(line));
});
