import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, describe, it } from 'node:test';
import { ProxySocket, writePastStreams } from './proxy-socket.ts';
import { checkWrites } from './write-check.ts';

/** A connection: the end that writes, and the one that reads when told to. */
async function pair(): Promise<[ProxySocket, net.Socket]> {
  const server = net.createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = once(server, 'connection') as Promise<[net.Socket]>;
  const socket = new ProxySocket();
  socket.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  const [other] = await connection;
  server.close();
  return [socket, other];
}

async function textOf(socket: net.Socket): Promise<string> {
  let text = '';
  for await (const piece of socket) text += (piece as Buffer).toString('latin1');
  return text;
}

for (const past of [true, false]) {
  describe(`texts written ${past ? 'past the stream' : 'through the stream'}`, () => {
    before(async () => {
      if (past) assert.equal(await checkWrites(), true);
    });
    after(() => writePastStreams(false));

    it('arrive in order with what else is written', async () => {
      const [socket, other] = await pair();
      socket.writeText('a\xff');
      socket.write('b');
      socket.writeText('c');
      socket.cork();
      socket.writeText('d');
      socket.write('e');
      socket.uncork();
      socket.writeText('f');
      socket.end();
      assert.equal(await textOf(other), 'a\xffbcdef');
    });

    it('wait for a reader who is slow, and say so', async () => {
      const [socket, other] = await pair();
      let expected = '';
      let more = true;
      for (let i = 0; more; i++) {
        const piece = String.fromCharCode(97 + (i % 26)).repeat(9999);
        expected += piece;
        more = socket.writeText(piece);
      }
      assert.equal(socket.isBehind, true);
      assert.ok(socket.untaken > 0);
      expected += '!';
      socket.writeText('!');
      const drained = once(socket, 'drain');
      const text = textOf(other);
      await drained;
      assert.equal(socket.isBehind, false);
      socket.end('.');
      assert.equal(await text, `${expected}.`);
    });

    it('that wait when the socket is destroyed are given up', async () => {
      const [socket, other] = await pair();
      while (socket.writeText('x'.repeat(9999)));
      socket.on('error', () => undefined);
      socket.on('drain', () => assert.fail('nothing was taken'));
      socket.destroy();
      await once(socket, 'close');
      other.destroy();
    });

    it('fail when the other end is gone', async () => {
      const [socket, other] = await pair();
      const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
      socket.on('error', () => undefined);
      other.resetAndDestroy();
      const timer = setInterval(() => socket.writeText('x'), 1);
      await closed;
      clearInterval(timer);
      assert.equal(socket.destroyed, true);
    });
  });
}
