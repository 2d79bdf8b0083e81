import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { formatAccessLine } from './access-log.ts';
import { exchangeRecord } from './exchange-record.fixture.ts';
import { formatSessionLine } from './session-line.ts';
import { sessionRecord } from './session-record.fixture.ts';

const page = readFileSync(
  new URL('../../../docs/reference/access-log.md', import.meta.url),
  'utf8',
);

const [ofRequests = '', ofStreams = ''] = page.split('\n## Streams\n');

for (const [about, section, text] of [
  ['requests', ofRequests, formatAccessLine(exchangeRecord())],
  ['streams', ofStreams, formatSessionLine(sessionRecord())],
] as const) {
  it(`docs/reference/access-log.md lists the fields of the lines of ${about}, in their order`, () => {
    const documented = section
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .flatMap((line) => [...line.split('|')[1]!.matchAll(/`(\w+)`/g)].map((match) => match[1]));
    const line = JSON.parse(text) as object;
    assert.deepEqual(documented, Object.keys(line));
    const example = JSON.parse(/^\{"time".*\}$/m.exec(section)![0]) as object;
    assert.deepEqual(Object.keys(example), Object.keys(line));
  });
}
