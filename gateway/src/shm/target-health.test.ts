import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { HammerWork } from './health-hammer.fixture.ts';
import { createHealthMemory, HTTP_FAILURE, TargetHealth, TIMEOUT } from './target-health.ts';

const hammer = new URL('./health-hammer.fixture.ts', import.meta.url);

function keyOf(table: TargetHealth, host: string, ip = '10.0.0.1') {
  return table.keyOf({ upstreamId: 'u', host, port: 80, ip, ipPort: 80 });
}

/** Ticks in which nobody claims anything. */
function idle(table: TargetHealth, ticks: number): void {
  for (let tick = 0; tick < ticks; tick++) table.sweep();
}

describe('the table of target health', () => {
  it('is one for all views on its memory', () => {
    const memory = createHealthMemory(8);
    const [one, other] = [new TargetHealth(memory), new TargetHealth(memory)];
    const slot = one.claim(keyOf(one, 'a'));
    assert.equal(other.claim(keyOf(other, 'a')), slot);
    const { version } = other;
    one.countFailure(slot, HTTP_FAILURE, 2);
    assert.equal(other.version, version);
    other.countFailure(slot, HTTP_FAILURE, 2);
    assert.ok(!one.isHealthy(slot));
    assert.notEqual(one.version, version);
    one.countSuccess(slot, 1);
    assert.ok(other.isHealthy(slot));
  });

  it('keeps addresses of one target apart, and targets of one address', () => {
    const table = new TargetHealth(createHealthMemory(8));
    const keys = [keyOf(table, 'a'), keyOf(table, 'a', '10.0.0.2'), keyOf(table, 'b')];
    const slots = keys.map((key) => table.claim(key));
    assert.equal(new Set(slots).size, 3);
    table.countFailure(slots[0]!, TIMEOUT, 1);
    const healthy = () => slots.map((slot) => table.isHealthy(slot));
    assert.deepEqual(healthy(), [false, true, true]);
    table.markTarget(keys[0]!, false);
    assert.deepEqual(healthy(), [false, false, true]);
    table.markTarget(keys[1]!, true);
    assert.deepEqual(healthy(), [true, true, true]);
  });

  it('forgets with a mark what was counted', () => {
    const table = new TargetHealth(createHealthMemory(8));
    const slot = table.claim(keyOf(table, 'a'));
    table.countFailure(slot, HTTP_FAILURE, 2);
    table.mark(slot, true);
    table.countFailure(slot, HTTP_FAILURE, 2);
    assert.ok(table.isHealthy(slot));
  });

  it('has no place for more than it was made for, and takes those for healthy', () => {
    const table = new TargetHealth(createHealthMemory(2));
    for (const host of ['a', 'b']) assert.notEqual(table.claim(keyOf(table, host)), -1);
    const slot = table.claim(keyOf(table, 'c'));
    assert.equal(slot, -1);
    table.countFailure(slot, HTTP_FAILURE, 1);
    assert.ok(table.isHealthy(slot));
    assert.deepEqual(table.usage(), { slots: 2, used: 2, full: 1 });
  });

  it('gives the place of what nobody claims any more to others, as healthy', () => {
    const table = new TargetHealth(createHealthMemory(2));
    const kept = table.claim(keyOf(table, 'kept'));
    const gone = table.claim(keyOf(table, 'gone'));
    table.mark(kept, false);
    table.mark(gone, false);
    for (let tick = 0; tick < 10; tick++) {
      idle(table, 1);
      assert.equal(table.claim(keyOf(table, 'kept')), kept);
    }
    assert.equal(table.find(keyOf(table, 'gone')), -1);
    assert.equal(table.claim(keyOf(table, 'new')), gone);
    assert.ok(table.isHealthy(gone));
    assert.ok(!table.isHealthy(kept));
  });

  it('keeps what it knows for some ticks in which nobody claims it', () => {
    const table = new TargetHealth(createHealthMemory(8));
    const slot = table.claim(keyOf(table, 'a'));
    table.mark(slot, false);
    idle(table, 4);
    assert.equal(table.claim(keyOf(table, 'a')), slot);
    assert.ok(!table.isHealthy(slot));
  });

  it('finds what stands behind a place that was given back', () => {
    const table = new TargetHealth(createHealthMemory(64));
    const keys = Array.from({ length: 60 }, (_, index) => keyOf(table, `t${index}`));
    const slots = keys.map((key) => table.claim(key));
    for (let tick = 0; tick < 8; tick++) {
      idle(table, 1);
      for (let index = 0; index < 60; index += 2) table.claim(keys[index]!);
    }
    for (const [index, key] of keys.entries()) {
      assert.equal(table.find(key), index % 2 === 0 ? slots[index] : -1);
    }
    assert.equal(table.usage().used, 30);
  });

  it('gives racing threads the same places and loses none of their counts', async () => {
    const memory = createHealthMemory(4096);
    const table = new TargetHealth(memory);
    const keys = Array.from({ length: 1000 }, (_, index) => keyOf(table, `t${index}`));
    const gate = new SharedArrayBuffer(4);
    const work: HammerWork = { memory, keys, failures: 127, gate };
    const threads = [1, 2].map(() => new Worker(hammer, { workerData: work }));
    await Promise.all(threads.map((thread) => once(thread, 'message')));
    const done = threads.map(async (thread) => ((await once(thread, 'message')) as [number[]])[0]);
    Atomics.store(new Int32Array(gate), 0, 1);
    Atomics.notify(new Int32Array(gate), 0);
    const [one, other] = await Promise.all(done);
    assert.deepEqual(one, other);
    assert.equal(new Set(one).size, keys.length);
    for (const slot of one!) {
      assert.ok(table.isHealthy(slot));
      table.countFailure(slot, HTTP_FAILURE, 255);
      assert.ok(!table.isHealthy(slot));
    }
  });
});
