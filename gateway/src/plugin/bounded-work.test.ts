import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BoundedWork, TOO_MUCH } from './bounded-work.ts';

const bounds = { atOnce: 2, most: 4, mostOfOwner: 3 };

/** Work that ends when the test says so. */
class Job {
  readonly promise: Promise<string>;
  begun = 0;
  end: (result: string) => void = () => undefined;
  fail: (error: Error) => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.end = resolve;
      this.fail = reject;
    });
  }

  readonly start = (): Promise<string> => {
    this.begun++;
    return this.promise;
  };
}

function jobs(count: number): Job[] {
  return Array.from({ length: count }, () => new Job());
}

describe('BoundedWork', () => {
  it('does only so much at once, and the rest in turn', async () => {
    const work = new BoundedWork<string>(bounds);
    const all = jobs(4);
    const results = all.map((job, i) => work.run(`${i}`, `owner ${i}`, job.start));
    assert.deepEqual(
      all.map(({ begun }) => begun),
      [1, 1, 0, 0],
    );
    all[1]!.end('b');
    assert.equal(await results[1], 'b');
    assert.deepEqual(
      all.map(({ begun }) => begun),
      [1, 1, 1, 0],
    );
    for (const job of all) job.end('x');
    assert.deepEqual(await Promise.all(results as Promise<string>[]), ['x', 'b', 'x', 'x']);
    assert.equal(work.size, 0);
  });

  it('refuses what would wait behind too much, and takes it again later', async () => {
    const work = new BoundedWork<string>(bounds);
    const all = jobs(5);
    const results = all.map((job, i) => work.run(`${i}`, `owner ${i}`, job.start));
    assert.equal(results[4], TOO_MUCH);
    for (const job of all) job.end('x');
    await Promise.all(results as Promise<string>[]);
    assert.equal(await work.run('5', 'owner', () => Promise.resolve('y')), 'y');
  });

  it('leaves room for others than the one who asks for most', () => {
    const work = new BoundedWork<string>(bounds);
    const all = jobs(4);
    const results = all.map((job, i) => work.run(`${i}`, 'greedy', job.start));
    assert.equal(results[3], TOO_MUCH);
    assert.notEqual(work.run('9', 'modest', new Job().start), TOO_MUCH);
  });

  it('does once what is asked for twice meanwhile', async () => {
    const work = new BoundedWork<string>(bounds);
    const job = new Job();
    const results = [1, 2, 3, 4, 5].map(() => work.run('same', 'owner', job.start));
    job.end('once');
    assert.deepEqual(await Promise.all(results as Promise<string>[]), Array(5).fill('once'));
    assert.equal(job.begun, 1);
  });

  it('goes on after a failure', async () => {
    const work = new BoundedWork<string>({ ...bounds, atOnce: 1 });
    const [bad, good] = jobs(2) as [Job, Job];
    const failing = work.run('bad', 'owner', bad.start) as Promise<string>;
    const waiting = work.run('good', 'owner', good.start) as Promise<string>;
    bad.fail(new Error('broken'));
    await assert.rejects(failing, /broken/);
    good.end('fine');
    assert.equal(await waiting, 'fine');
    assert.equal(work.size, 0);
  });
});
