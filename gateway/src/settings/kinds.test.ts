import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ValueError, count, countOrAuto, duration, oneOf, size, toggle } from './kinds.ts';

describe('a size', () => {
  const kind = size({ min: 0 });

  for (const [text, bytes] of [
    ['0', 0],
    ['1000', 1000],
    ['8k', 8192],
    ['64KiB', 65_536],
    ['64 kb', 65_536],
    ['1.5m', 1_572_864],
    ['2GiB', 2_147_483_648],
  ] as const) {
    it(`reads ${text} as ${bytes} bytes`, () => assert.equal(kind.parse(text), bytes));
  }

  for (const text of ['x', '8q', '-1', '1e3', '8 k b', '']) {
    it(`refuses "${text}"`, () => assert.throws(() => kind.parse(text), ValueError));
  }

  it('says what the bounds are', () => {
    const bounded = size({ min: 1024, max: 1024 ** 2 });
    assert.throws(() => bounded.parse('1'), { message: 'is too small: the least is 1KiB' });
    assert.throws(() => bounded.parse('2m'), { message: 'is too large: the most is 1MiB' });
  });

  it('reads what it has formatted', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(1, 1024, 1024 ** 2), (n, unit) => {
        assert.equal(kind.parse(kind.format(n * unit)), n * unit);
      }),
    );
  });
});

describe('a duration', () => {
  const kind = duration({ min: 0 });

  for (const [text, ms] of [
    ['0', 0],
    ['500ms', 500],
    ['10s', 10_000],
    ['10', 10_000],
    ['0.5s', 500],
    ['5m', 300_000],
    ['1h', 3_600_000],
  ] as const) {
    it(`reads ${text} as ${ms} ms`, () => assert.equal(kind.parse(text), ms));
  }

  for (const text of ['soon', '10d', '-1s', '1s500ms', '']) {
    it(`refuses "${text}"`, () => assert.throws(() => kind.parse(text), ValueError));
  }

  it('reads what it has formatted', () => {
    fc.assert(
      fc.property(fc.nat({ max: 80_000 }), fc.constantFrom(1, 1000), (n, unit) => {
        assert.equal(kind.parse(kind.format(n * unit)), n * unit);
      }),
    );
  });
});

describe('a count', () => {
  it('refuses fractions, signs and what is out of bounds', () => {
    const kind = count({ min: 1, max: 10 });
    for (const text of ['1.5', '+1', '-1', '0', '11', '0x2']) {
      assert.throws(() => kind.parse(text), ValueError, text);
    }
  });

  it('keeps what auto detects within its bounds', () => {
    const kind = countOrAuto({ min: 1, max: 8 }, () => 64);
    assert.equal(kind.parse('AUTO'), 8);
    assert.equal(kind.parse('3'), 3);
  });
});

describe('a toggle', () => {
  it('reads the usual words in any case', () => {
    for (const text of ['on', 'TRUE', 'yes', '1']) assert.equal(toggle().parse(text), true);
    for (const text of ['off', 'False', 'no', '0']) assert.equal(toggle().parse(text), false);
    assert.throws(() => toggle().parse('maybe'), { message: 'is neither on nor off' });
  });
});

describe('a choice', () => {
  it('lists the words it knows', () => {
    assert.throws(() => oneOf('info', 'warn').parse('warning'), {
      message: 'is none of info, warn',
    });
  });
});
