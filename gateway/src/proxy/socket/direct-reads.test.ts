import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { describe, it } from 'node:test';
import { Random } from '../../../../test/fuzz/random.ts';
import { ProxySocket } from './proxy-socket.ts';
import { checkRead, later, MUCH, sendMuch } from './testing/long-stream.ts';

/** Both ends of a connection: one that reads past its stream, and an ordinary one. */
interface Pair {
  readonly socket: ProxySocket;
  readonly buffer: Buffer;
  readonly other: net.Socket;
}

async function accepted(): Promise<Pair> {
  const server = net.createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = once(server, 'connection') as Promise<[net.Socket]>;
  const other = net.connect({ port: (server.address() as net.AddressInfo).port });
  const handle = detach((await connection)[0]);
  server.close();
  const buffer = Buffer.alloc(64 * 1024);
  return { socket: ProxySocket.accept(handle, buffer), buffer, other };
}

function detach(socket: net.Socket): unknown {
  const detachable = socket as unknown as { _handle: unknown };
  const { _handle: handle } = detachable;
  detachable._handle = null;
  return handle;
}

async function dialled(): Promise<Pair> {
  const server = net.createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = once(server, 'connection') as Promise<[net.Socket]>;
  const buffer = Buffer.alloc(64 * 1024);
  const place = { host: '127.0.0.1', port: (server.address() as net.AddressInfo).port };
  const socket = ProxySocket.dial(place, { buffer, callback: () => false });
  const [other] = await connection;
  server.close();
  return { socket, buffer, other };
}

describe('reads past a stream', () => {
  for (const open of [accepted, dialled]) {
    for (const seed of [1, 2, 3, 4]) {
      it(`of a socket that was ${open.name} miss nothing, however they are stopped (${seed})`, async () => {
        const random = new Random(seed);
        const { socket, buffer, other } = await open();
        let read = 0;
        let stopped = false;
        const goOn = (): void => {
          stopped = false;
          socket.resume();
        };
        socket.onRead = (length) => {
          assert.equal(stopped, false, 'nothing is read while it is stopped');
          checkRead(buffer, length, read);
          read += length;
          switch (random.below(6)) {
            case 0: // as a connection that waits for its other side
              stopped = true;
              socket.pause();
              later(random, goOn);
              return false;
            case 1:
              stopped = true;
              later(random, goOn);
              return false;
            case 2: // by somebody else, between two reads
              queueMicrotask(() => {
                stopped = true;
                socket.pause();
                later(random, goOn);
              });
              return true;
            case 3: // stopped and let go within a read
              socket.pause();
              socket.resume();
              return true;
            default:
              return true;
          }
        };
        const ended = once(socket, 'end', { signal: AbortSignal.timeout(60_000) }).catch(
          (error: unknown) => {
            throw new Error(`stood still after ${read} bytes`, { cause: error });
          },
        );
        const back = (async () => {
          let length = 0;
          for await (const piece of other) length += (piece as Buffer).length;
          return length;
        })();
        socket.resume();
        // The other way is busy as well, with a reader who is slow by turns.
        const answer = 'x'.repeat(9999);
        const writing = (async () => {
          for (let i = 0; i < 300; i++) if (!socket.writeText(answer)) await once(socket, 'drain');
        })();
        await Promise.all([sendMuch(other, random), ended, writing]);
        assert.equal(read, MUCH);
        socket.end();
        assert.equal(await back, 300 * answer.length);
        socket.destroy();
      });
    }
  }
});
