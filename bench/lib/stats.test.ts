import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { quantile, ratiosOf, spreadOf } from './stats.ts';

describe('stats', () => {
  it('finds the middle of an odd and of an even number of measurements', () => {
    assert.equal(spreadOf([9, 1, 5]).median, 5);
    assert.equal(spreadOf([4, 1, 3, 2]).median, 2.5);
  });

  it('interpolates quartiles between neighbours', () => {
    const { low, high, min, max } = spreadOf([10, 20, 30, 40]);
    assert.deepEqual([min, low, high, max], [10, 17.5, 32.5, 40]);
  });

  it('takes a single measurement for all of its spread', () => {
    assert.deepEqual(spreadOf([7]), { median: 7, low: 7, high: 7, min: 7, max: 7 });
  });

  it('sorts by value and not by text', () => {
    assert.equal(spreadOf([100, 9, 20]).median, 20);
  });

  it('orders minimum, quartiles, median and maximum, whatever was measured', () => {
    const measurements = fc.array(fc.double({ noNaN: true, min: 0, max: 1e9 }), { minLength: 1 });
    fc.assert(
      fc.property(measurements, (values) => {
        const { min, low, median, high, max } = spreadOf(values);
        assert.ok(min <= low && low <= median && median <= high && high <= max);
        assert.equal(max, Math.max(...values));
      }),
    );
  });

  it('refuses to speak about nothing', () => {
    assert.throws(() => quantile([], 0.5), RangeError);
  });

  it('pairs measurements of the same round and leaves out rounds without an answer', () => {
    assert.deepEqual(ratiosOf([2, 0, 9, 5], [1, 4, 3, 0]), [2, 3]);
  });
});
