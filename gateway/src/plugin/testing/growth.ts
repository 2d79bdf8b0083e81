import assert from 'node:assert/strict';

const ROUNDS = 5;
/** The larger task is so many times the smaller one. */
const TIMES = 8;

/**
 * The processor time that something takes, in microseconds, with all threads of the process. Of several
 * rounds the least counts: what else goes on only adds to it.
 */
export async function costOf(work: () => unknown): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, user + system);
  }
  return least;
}

/**
 * Holds that what something costs grows with the size of its task and no faster. Of eight times as much
 * a cost that grows with the square is 64 times the cost; half of that fails, which leaves those that
 * are linear a factor of four for whatever is paid on the way.
 *
 * @param size of a task that takes a millisecond or more
 */
export async function assertLinear(size: number, work: (size: number) => unknown): Promise<void> {
  await work(size);
  const little = await costOf(() => work(size));
  const much = await costOf(() => work(size * TIMES));
  const limit = (TIMES * TIMES) / 2;
  assert.ok(much < limit * little, `${much} µs for ${TIMES} times what takes ${little} µs`);
}
