import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { sortInSlices } from './sort-in-slices.ts';

function sorted(items: number[]): { list: number[]; steps: number } {
  const sorting = sortInSlices(items, (a, b) => a - b);
  for (let steps = 1; ; steps++) {
    const step = sorting.next();
    if (step.done === true) return { list: step.value, steps };
  }
}

it('sorts any list', () => {
  const lists = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 400 });
  fc.assert(
    fc.property(lists, (items) => {
      assert.deepEqual(
        sorted([...items]).list,
        [...items].sort((a, b) => a - b),
      );
    }),
  );
});

it('takes many steps for a long list', () => {
  const items = Array.from({ length: 10_000 }, (_, i) => (i * 7919) % 10_007);
  assert.ok(sorted(items).steps > 1000);
});
