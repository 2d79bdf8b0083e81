import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import tls from 'node:tls';
import { Authority } from '../../../../test/support/authority.ts';
import { useTicketKeys } from './ticket-context.ts';
import { TlsSocket } from './tls-socket.ts';

const KEY_LENGTH = 48;

describe('a secure context with keys of tickets', () => {
  let pair: { cert: string; key: string };
  const servers: net.Server[] = [];
  before(() => {
    pair = new Authority('tickets').issue('DNS:localhost');
  });
  after(() => {
    for (const server of servers) server.close();
  });

  async function portOf(keys: readonly Uint8Array[]): Promise<number> {
    const secureContext = tls.createSecureContext(pair);
    useTicketKeys(secureContext, keys);
    const server = net.createServer({ pauseOnConnect: true }, (accepted) => {
      const detachable = accepted as unknown as { _handle: unknown };
      const handle = detachable._handle;
      detachable._handle = null;
      const socket = TlsSocket.accept({
        handle,
        secureContext,
        SNICallback: (_name, done) => done(null, secureContext),
        ALPNProtocols: [],
        requestCert: false,
        rejectUnauthorized: false,
        buffer: Buffer.alloc(1024),
      });
      socket.onRead = () => true;
      socket.on('error', () => undefined).once('secure', () => socket.end('x'));
    });
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  /** One connection. @returns whether the session went on, and one to go on with */
  async function connect(
    port: number,
    maxVersion: tls.SecureVersion,
    session?: Buffer,
  ): Promise<{ resumed: boolean; session: Buffer }> {
    const given = session === undefined ? {} : { session };
    const options = { port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion, ...given };
    const socket = tls.connect(options);
    const found = once(socket, 'session') as Promise<[Buffer]>;
    await once(socket, 'secureConnect');
    const resumed = socket.isSessionReused();
    socket.resume();
    const [next] = resumed ? [session!] : await found;
    await once(socket, 'close');
    return { resumed, session: next };
  }

  const [one, two, three] = [1, 2, 3].map(() => randomBytes(KEY_LENGTH)) as [
    Buffer,
    Buffer,
    Buffer,
  ];

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`opens what any of them has sealed, and nothing else (${version})`, async () => {
      const begun = await connect(await portOf([one]), version);
      const after = await connect(await portOf([two, one]), version, begun.session);
      assert.equal(after.resumed, true);
      const later = await connect(await portOf([three, two]), version, begun.session);
      assert.equal(later.resumed, false);
    });

    it(`seals with the first (${version})`, async () => {
      const begun = await connect(await portOf([two, one]), version);
      assert.equal((await connect(await portOf([two]), version, begun.session)).resumed, true);
      assert.equal((await connect(await portOf([one]), version, begun.session)).resumed, false);
    });
  }
});
