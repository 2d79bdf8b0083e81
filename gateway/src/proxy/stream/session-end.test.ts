import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { ANSWERS } from '../answers.ts';
import { ProxySocket } from '../socket/proxy-socket.ts';
import { breakOff, statusOf } from './session-end.ts';

/** A connection: our end, and the other one, which does not read. */
async function pair(): Promise<[ProxySocket, net.Socket]> {
  const server = net.createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const arrives = once(server, 'connection') as Promise<[net.Socket]>;
  const socket = new ProxySocket();
  socket.connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  const [other] = await arrives;
  server.close();
  return [socket, other];
}

describe('Breaking a connection off', () => {
  it('shows at its other end as a reset', async () => {
    const [socket, other] = await pair();
    breakOff(socket);
    const failed = once(other, 'error') as Promise<[NodeJS.ErrnoException]>;
    other.resume();
    assert.equal((await failed)[0].code, 'ECONNRESET');
  });

  it('closes it even while its end is being sent', async () => {
    const [socket, other] = await pair();
    socket.end();
    const closed = once(socket, 'close', { signal: AbortSignal.timeout(5000) });
    process.nextTick(() => breakOff(socket));
    await closed;
    other.destroy();
  });
});

describe('The status of a stream', () => {
  it('is 200 once an upstream was reached, and that of a request when not', () => {
    assert.equal(statusOf('upstream_aborted'), 200);
    assert.equal(statusOf('no_route'), ANSWERS.no_route.status);
    assert.equal(statusOf('upstream_timeout'), 504);
  });
});
