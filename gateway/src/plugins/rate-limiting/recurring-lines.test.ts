import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RecurringLines } from './recurring-lines.ts';

describe('lines that recur', () => {
  it('are those of their number, the first time, the next, and after any other', () => {
    const lines = new RecurringLines((number) => `Left: ${number}\r\n`);
    const numbers = [0, 0, 0, 64, 0, 64, 64, 2 ** 31, 2 ** 31, 2 ** 32, 0, 2 ** 32, 2 ** 32 + 64];
    for (const number of numbers) assert.equal(lines.of(number), `Left: ${number}\r\n`);
  });

  it('are made once for numbers that come again', () => {
    let made = 0;
    const lines = new RecurringLines((number) => `${number}:${made++}`);
    for (let turn = 0; turn < 10; turn++) for (const number of [1, 2, 3]) lines.of(number);
    assert.equal(made, 3);
  });
});
