import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HashRing, type RingItem } from './hash-ring.ts';
import { xxhash32 } from './xxhash32.ts';

/** Where Kong sent keys, as `test/golden/proxy/lb-hash.json` has it of upstreams at these ports. */
const recorded = { ports: [29101, 29102, 29103] };

function itemsOf(weights: readonly number[]): RingItem[] {
  return weights.map((weight, i) => ({ place: `127.0.0.1::${recorded.ports[i]!}`, weight }));
}

/** The number of the upstream that a key is sent to, from 1. */
function upstreamOf(items: readonly RingItem[], ring: HashRing<RingItem>, key: string): number {
  return items.indexOf(ring.find(xxhash32(key), () => true)!) + 1;
}

function shares(ring: HashRing<RingItem>, items: readonly RingItem[], keys: number): number[] {
  const counts = items.map(() => 0);
  for (let key = 0; key < keys; key++) counts[upstreamOf(items, ring, `key-${key}`) - 1]!++;
  return counts.map((count) => count / keys);
}

describe('a ring', () => {
  it('sends keys where Kong sends them', () => {
    const items = itemsOf([100, 100, 100]);
    const ring = new HashRing(items, 3, 10_000);
    const found = Array.from({ length: 20 }, (_, i) => upstreamOf(items, ring, `k${i}`));
    assert.deepEqual(found, [3, 1, 2, 3, 1, 2, 3, 2, 2, 3, 3, 3, 2, 2, 2, 2, 1, 3, 2, 1]);
    assert.equal(upstreamOf(items, ring, ''), 1);
    assert.equal(upstreamOf(items, ring, '127.0.0.1'), 3);
  });

  it('sends keys where Kong sends them when weights differ', () => {
    const items = itemsOf([300, 100]);
    const ring = new HashRing(items, 2, 10_000);
    const found = Array.from({ length: 20 }, (_, i) => upstreamOf(items, ring, `k${i}`));
    assert.deepEqual(found, [2, 1, 1, 1, 1, 2, 1, 1, 2, 1, 1, 1, 1, 2, 2, 1, 1, 2, 2, 1]);
  });

  it('shares keys out by weight, roughly', () => {
    const items = itemsOf([3, 1]);
    const [first = 0] = shares(new HashRing(items, 2, 65_536), items, 20_000);
    assert.ok(Math.abs(first - 0.75) < 0.08, String(first));
  });

  it('moves only what an item had when it goes', () => {
    const items = itemsOf([1, 1, 1]);
    const ring = new HashRing(items, 3, 10_000);
    const [one, , three] = items as [RingItem, RingItem, RingItem];
    for (let key = 0; key < 500; key++) {
      const hash = xxhash32(`key-${key}`);
      const before = ring.find(hash, () => true);
      const after = ring.find(hash, (item) => item === one || item === three);
      if (before === one || before === three) assert.equal(after, before);
      else assert.ok(after === one || after === three);
    }
  });

  it('has nobody when nobody is acceptable', () => {
    const items = itemsOf([1, 1]);
    assert.equal(
      new HashRing(items, 2, 10).find(7, () => false),
      null,
    );
  });

  it('ends with more items than it has points', () => {
    const items = Array.from({ length: 3000 }, (_, i) => ({ place: `10.0.0.1::${i}`, weight: 1 }));
    const ring = new HashRing(items, items.length, 10);
    assert.equal(ring.size, 1000);
    assert.ok(ring.find(xxhash32('x'), () => true) !== null);
  });

  it('gives every item a point, however small its weight', () => {
    const items = itemsOf([65_535, 1]);
    const ring = new HashRing(items, 2, 10_000);
    assert.equal(
      ring.find(0, (item) => item === items[1]),
      items[1],
    );
  });
});
