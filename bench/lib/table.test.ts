import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { format } from 'prettier';
import { toMarkdown, toText } from './table.ts';

const table = {
  head: ['Server', 'µs', 'Remarks'],
  rows: [
    ['nginx', '18.6 (18.1–19.0)', ''],
    ['Sluice', '1,120', '10,000 routes'],
  ],
};

describe('table', () => {
  it('stands in columns on the screen, numbers to the right', () => {
    assert.equal(
      toText(table),
      [
        'Server                µs  Remarks',
        '------  ----------------  -------------',
        'nginx   18.6 (18.1–19.0)',
        'Sluice             1,120  10,000 routes',
        '',
      ].join('\n'),
    );
  });

  it('is laid out in documents as prettier does it', async () => {
    const markdown = toMarkdown(table);
    assert.equal(await format(markdown, { parser: 'markdown' }), markdown);
  });
});
