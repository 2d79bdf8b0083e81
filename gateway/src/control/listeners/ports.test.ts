import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { OperatorError } from '../../errors.ts';
import { plainListen, portOf } from '../../settings/listen-kinds.ts';
import type { Listen } from '../../settings/node-settings.ts';
import { checkAddresses, ReservedPorts } from './ports.ts';

const loopback = (port: number): Listen => plainListen({ host: '127.0.0.1', port });

describe('checking the addresses to listen on', () => {
  it('gives the ports that the system chose, all different, and leaves them free', async () => {
    const chosen = await checkAddresses([loopback(0), loopback(0)], '--proxy-listen');
    assert.notEqual(...(chosen.map(portOf) as [number, number]));
    assert.deepEqual(await checkAddresses(chosen, '--proxy-listen'), chosen);
  });

  it('keeps a port that the system chose from others, but not from threads, until it is released', async () => {
    const listenOn = (port: number, reusePort: boolean): Promise<boolean> =>
      new Promise((resolve) => {
        const server = createServer().once('error', () => resolve(false));
        const taken = (): unknown => server.close(() => resolve(true));
        server.listen({ host: '127.0.0.1', port, reusePort }, taken);
      });
    const ports = new ReservedPorts();
    const [chosen] = await ports.reserve([loopback(0)], '--proxy-listen');
    const port = portOf(chosen!);
    assert.equal(await listenOn(port, false), false);
    assert.equal(await listenOn(port, true), true);
    await ports.release();
    assert.equal(await listenOn(port, false), true);
  });

  it('refuses a port in use, even where another shares it', async () => {
    const server = createServer();
    const reusePort = process.platform === 'linux';
    await new Promise<void>((resolve) =>
      server.listen({ host: '127.0.0.1', port: 0, reusePort }, resolve),
    );
    const { port } = server.address() as AddressInfo;
    try {
      await assert.rejects(
        checkAddresses([loopback(0), loopback(port)], '--proxy-listen'),
        (error) =>
          error instanceof OperatorError &&
          error.exitCode === 1 &&
          error.message === `cannot listen on 127.0.0.1:${port}: the address is in use` &&
          /--proxy-listen/.test(error.help ?? ''),
      );
    } finally {
      server.close();
    }
  });

  it('refuses an address that no interface has', async () => {
    await assert.rejects(
      checkAddresses([plainListen({ host: '192.0.2.1', port: 0 })], '--status-listen'),
      /192\.0\.2\.1:0: no interface of this machine has the address/,
    );
  });
});
