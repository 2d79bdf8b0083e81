import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Random } from '../../../../test/fuzz/random.ts';
import { until } from '../../../../test/support/until.ts';
import { checkBareSockets } from './bare-check.ts';
import type { BareHandle } from './bare-handle.ts';
import { BareSocket } from './bare-socket.ts';
import { checkRead, later, MUCH, sendMuch } from './testing/long-stream.ts';

/** Who is told what happens on a socket. */
class Owner {
  readonly gone = Promise.withResolvers<void>();
  readonly closed = Promise.withResolvers<void>();
  drains = 0;
  onNextDrain: (() => void) | null = null;

  onDrain(): void {
    this.drains++;
    this.onNextDrain?.();
    this.onNextDrain = null;
  }

  onGone(): void {
    this.gone.resolve();
  }

  onClosed(): void {
    this.closed.resolve();
  }

  drained(): Promise<void> {
    return new Promise((resolve) => (this.onNextDrain = resolve));
  }
}

interface Pair {
  readonly socket: BareSocket;
  readonly owner: Owner;
  readonly buffer: Buffer;
  readonly other: net.Socket;
}

/** @param path of a unix socket; absent for a port */
async function pair(path?: string): Promise<Pair> {
  const server = net.createServer({ pauseOnConnect: true });
  if (path === undefined) server.listen(0, '127.0.0.1');
  else server.listen(path);
  await once(server, 'listening');
  const connection = once(server, 'connection') as Promise<[net.Socket]>;
  const address = server.address() as net.AddressInfo;
  const place = path === undefined ? { port: address.port, host: '127.0.0.1' } : { path };
  const other = net.connect({ ...place, allowHalfOpen: true });
  const detachable = (await connection)[0] as unknown as { _handle: unknown };
  const { _handle: handle } = detachable;
  detachable._handle = null;
  server.close();
  const buffer = Buffer.alloc(64 * 1024);
  const socket = new BareSocket(handle, buffer);
  const owner = new Owner();
  socket.attend(owner);
  return { socket, owner, buffer, other };
}

async function textOf(socket: net.Socket): Promise<string> {
  let text = '';
  for await (const piece of socket) text += (piece as Buffer).toString('latin1');
  return text;
}

/** Writes until the system takes no more. @returns what was written */
function fill(socket: BareSocket): string {
  let text = '';
  let more = true;
  for (let i = 0; more; i++) {
    const piece = String.fromCharCode(97 + (i % 26)).repeat(9999);
    text += piece;
    more = i % 2 === 0 ? socket.writeText(piece) : socket.write(Buffer.from(piece));
  }
  return text;
}

describe('a bare socket', () => {
  it('works on this Node', async () => {
    assert.equal(await checkBareSockets(), true);
  });

  it('leaves nothing open where Node does not let it be made', async (test) => {
    const { socket, other } = await pair();
    const { handle } = socket as unknown as { handle: object };
    const kind = Object.getPrototypeOf(Object.getPrototypeOf(handle)) as BareHandle;
    socket.destroy();
    other.destroy();
    const open = (): number =>
      process.getActiveResourcesInfo().filter((what) => what === 'TCPSocketWrap').length;
    await until('both ends are closed', () => open() === 0);
    const lack = test.mock.method(kind, 'useUserBuffer', () => {
      throw new TypeError('not on this Node');
    });
    assert.equal(await checkBareSockets(), false);
    assert.equal(lack.mock.callCount(), 1);
    await until('the ends of the check are closed', () => open() === 0);
  });

  it('knows both ends', async () => {
    const { socket, other } = await pair();
    assert.equal(socket.remoteAddress, '127.0.0.1');
    assert.equal(socket.remotePort, other.localPort);
    assert.equal(socket.localAddress, '127.0.0.1');
    socket.destroy();
    other.destroy();
  });

  it('writes in order, whatever it is given', async () => {
    const { socket, other } = await pair();
    const done: string[] = [];
    socket.writeText('a\xff');
    socket.write(Buffer.from('b'), () => done.push('b'));
    socket.writeText('');
    socket.cork();
    socket.writeText('c');
    socket.write(Buffer.from('d'), () => done.push('d'));
    assert.equal(socket.untaken, 2);
    socket.uncork();
    socket.writeText('e'.repeat(20_000));
    socket.writeText('f');
    socket.end();
    socket.writeText('too late');
    assert.equal(await textOf(other), `a\xffbcd${'e'.repeat(20_000)}f`);
    assert.deepEqual(done, ['b', 'd']);
    socket.destroy();
  });

  it('waits for a reader who is slow, and says so', async () => {
    const { socket, owner, other } = await pair();
    const expected = fill(socket);
    assert.equal(socket.isBehind, true);
    assert.ok(socket.untaken > 0);
    assert.equal(socket.writeText('!'), false);
    const drained = owner.drained();
    const text = textOf(other);
    await drained;
    assert.equal(socket.isBehind, false);
    assert.equal(socket.untaken, 0);
    assert.equal(owner.drains, 1);
    socket.end();
    assert.equal(await text, `${expected}!`);
    socket.destroy();
  });

  it('ends once everything is sent, and says so', async () => {
    const { socket, other } = await pair();
    const expected = fill(socket);
    let sent = false;
    socket.end(() => (sent = true));
    await turn();
    assert.equal(sent, false);
    assert.equal(await textOf(other), expected);
    await turn();
    assert.equal(sent, true);
    socket.destroy();
  });

  it('gives up what waits when it is destroyed', async () => {
    const { socket, owner, other } = await pair();
    fill(socket);
    const released = Promise.withResolvers<void>();
    socket.write(Buffer.from('x'), released.resolve);
    socket.destroy();
    await owner.closed.promise;
    await released.promise;
    assert.equal(owner.drains, 0);
    assert.equal(socket.destroyed, true);
    socket.writeText('x');
    socket.resume();
    socket.end();
    socket.destroy();
    other.destroy();
  });

  it('tells when the other end is through', async () => {
    const { socket, owner, other } = await pair();
    socket.onRead = () => true;
    socket.resume();
    other.end();
    await owner.gone.promise;
    socket.writeText('still here');
    socket.end();
    assert.equal(await textOf(other), 'still here');
    socket.destroy();
    await owner.closed.promise;
  });

  it('closes when the other end is gone, read from or not', async () => {
    for (const reads of [true, false]) {
      const { socket, owner, other } = await pair();
      socket.onRead = () => true;
      if (reads) socket.resume();
      other.resetAndDestroy();
      if (reads) await owner.gone.promise;
      const timer = setInterval(() => socket.writeText('x'), 1);
      await owner.closed.promise;
      clearInterval(timer);
      assert.equal(socket.destroyed, true);
    }
  });

  it('can be reset, so that the other end sees that something is missing', async () => {
    const { socket, owner, other } = await pair();
    const failed = once(
      other.on('error', () => undefined),
      'error',
    );
    socket.writeText('half');
    socket.resetAndDestroy();
    assert.equal(((await failed)[0] as NodeJS.ErrnoException).code, 'ECONNRESET');
    await owner.closed.promise;
  });

  it('of a unix socket is closed where it would be reset', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bare-'));
    const { socket, owner, other } = await pair(join(folder, 'socket'));
    socket.writeText('half');
    socket.resetAndDestroy();
    assert.equal(await textOf(other), 'half');
    await owner.closed.promise;
    rmSync(folder, { recursive: true });
  });

  it('tells another owner once it has changed hands', async () => {
    const { socket, owner, other } = await pair();
    const next = new Owner();
    socket.attend(next);
    other.destroy();
    socket.resume();
    await next.gone.promise;
    socket.destroy();
    await next.closed.promise;
    assert.equal(
      await Promise.race([owner.closed.promise.then(() => 'told'), turn('not told')]),
      'not told',
    );
  });

  for (const seed of [1, 2, 3, 4]) {
    it(`misses nothing, however it is stopped (${seed})`, async () => {
      const random = new Random(seed);
      const { socket, owner, buffer, other } = await pair();
      let read = 0;
      let stopped = false;
      const stop = (): void => {
        stopped = true;
        later(random, () => {
          stopped = false;
          socket.resume();
        });
      };
      socket.onRead = (length) => {
        assert.equal(stopped, false, 'nothing is read while it is stopped');
        checkRead(buffer, length, read);
        read += length;
        switch (random.below(5)) {
          case 0:
            socket.pause();
            stop();
            return false;
          case 1:
            stop();
            return false;
          case 2: // stopped and let go within a read
            socket.pause();
            socket.resume();
            return true;
          default:
            return true;
        }
      };
      socket.resume();
      await Promise.all([sendMuch(other, random), owner.gone.promise]);
      assert.equal(read, MUCH);
      socket.destroy();
      other.destroy();
    });
  }
});
