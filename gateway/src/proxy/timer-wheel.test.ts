import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { describe, it } from 'node:test';
import { type Timed, TimerWheel } from './timer-wheel.ts';

/** Something whose deadline can be awaited. */
class Entry implements Timed {
  deadline = 0;
  wheelSlot = -1;
  readonly fired = Promise.withResolvers<number>();

  onDeadline(): void {
    this.fired.resolve(performance.now());
  }
}

const now = (): number => performance.now();

/** The wheel's timer alone does not keep the process alive. */
function keepAlive<T>(promise: Promise<T>): Promise<T> {
  const timer = setInterval(() => undefined, 1000);
  return promise.finally(() => clearInterval(timer));
}

describe('the timer wheel', () => {
  it('calls what is due, not before its time', async () => {
    const wheel = new TimerWheel(now);
    const entry = new Entry();
    const begin = now();
    wheel.arm(entry, begin, 50);
    const fired = await keepAlive(entry.fired.promise);
    assert.ok(fired - begin >= 50, `after ${fired - begin} ms`);
    assert.equal(wheel.size, 0);
  });

  it('lets a deadline be moved back and forth', async () => {
    const wheel = new TimerWheel(now);
    const later = new Entry();
    const sooner = new Entry();
    const begin = now();
    wheel.arm(later, begin, 30);
    wheel.arm(later, begin, 120);
    wheel.arm(sooner, begin, 60_000);
    wheel.arm(sooner, begin, 40);
    const at = await keepAlive(Promise.all([later.fired.promise, sooner.fired.promise]));
    assert.ok(at[0] - begin >= 120);
    assert.ok(at[1] - begin >= 40);
    assert.ok(at[1] < at[0]);
  });

  it('lets deadlines be brought forward however long it has run', async () => {
    const uptimes = [0, 60_000, 100_000, 170_000, 3_600_000, 30 * 86_400_000];
    const order = uptimes.map(async (uptime) => {
      const wheel = new TimerWheel(() => now() + uptime);
      const sooner = new Entry();
      const later = new Entry();
      const begin = now() + uptime;
      wheel.arm(sooner, begin, 60_000);
      wheel.arm(sooner, begin, 40);
      wheel.arm(later, begin, 200);
      const first = sooner.fired.promise.then(() => 'sooner');
      return Promise.race([first, later.fired.promise.then(() => 'later')]);
    });
    assert.deepEqual(
      await keepAlive(Promise.all(order)),
      uptimes.map(() => 'sooner'),
    );
  });

  it('lets what has arrived in time be read first, however long the thread stood still', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connection = once(server, 'connection') as Promise<[net.Socket]>;
    const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
    const [other] = await connection;
    const wheel = new TimerWheel(now);
    const awaited = new Entry();
    const read = once(socket, 'data').then(() => wheel.disarm(awaited));
    wheel.arm(awaited, now(), 50);
    other.write('answer');
    for (const end = now() + 200; now() < end;);
    const late = awaited.fired.promise.then(() => assert.fail('the answer was there'));
    await Promise.race([read, late]);
    await new Promise(setImmediate);
    assert.equal(wheel.size, 0);
    socket.destroy();
    other.destroy();
    server.close();
  });

  it('does not call what was disarmed or released', async () => {
    const wheel = new TimerWheel(now);
    const [disarmed, released, last] = [new Entry(), new Entry(), new Entry()];
    const begin = now();
    wheel.arm(disarmed, begin, 20);
    wheel.arm(released, begin, 20);
    wheel.arm(last, begin, 100);
    wheel.disarm(disarmed);
    wheel.release(released);
    await keepAlive(last.fired.promise);
    const pending = Symbol('pending');
    const others = [disarmed.fired.promise, released.fired.promise, Promise.resolve(pending)];
    assert.equal(await Promise.race(others), pending);
    assert.equal(wheel.size, 0);
  });

  it('holds deadlines beyond its own circumference', () => {
    let time = 0;
    const wheel = new TimerWheel(() => time);
    const entry = new Entry();
    wheel.arm(entry, time, 3_600_000);
    assert.equal(wheel.size, 1);
    wheel.release(entry);
    time = 1;
    assert.equal(wheel.size, 0);
  });
});
