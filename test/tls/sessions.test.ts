import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { Folder, sClient } from '../support/openssl.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n';
const config = { _format_version: '3.0' };
const listen = '127.0.0.1:0 ssl';

describe('A session with TLS', () => {
  const files = new Folder();
  const nodes: Gateway[] = [];

  before(async () => {
    const secrets = ['one', 'one', 'other'].map((name) => files.at(name));
    for (const path of new Set(secrets)) files.write(path.split('/').at(-1) ?? '', hex());
    for (const secret of secrets) {
      const flags = ['--tls-ticket-keys', secret];
      nodes.push(await startGateway({ config, listen, flags, workers: 2 }));
    }
    nodes.push(await startGateway({ config, listen, flags: ['--ssl-session-tickets', 'off'] }));
  });
  after(async () => {
    for (const node of nodes) await node.stop();
    files.remove();
  });

  const portOf = (node: number): number => nodes[node]?.proxyPort ?? 0;

  /** Begins a session with one node. @returns the file with it */
  async function begun(node: number, version: string): Promise<string> {
    const session = files.at('session');
    const { output } = await sClient(portOf(node), [version, '-sess_out', session], REQUEST);
    assert.match(output, /New, TLSv1/);
    return session;
  }

  async function goesOn(node: number, version: string, session: string): Promise<boolean> {
    const { output } = await sClient(portOf(node), [version, '-sess_in', session], REQUEST);
    assert.match(output, /(New|Reused), TLSv1/);
    return /Reused, TLSv1/.test(output);
  }

  for (const version of ['-tls1_2', '-tls1_3']) {
    it(`goes on with whichever thread takes the next connection (${version})`, async () => {
      const session = await begun(0, version);
      // With two threads this many connections do not all come to the same one.
      for (let i = 0; i < 12; i++) assert.equal(await goesOn(0, version, session), true);
    });

    it(`goes on with another node that has the same secret (${version})`, async () => {
      assert.equal(await goesOn(1, version, await begun(0, version)), true);
    });

    it(`does not go on with a node that has another secret (${version})`, async () => {
      assert.equal(await goesOn(2, version, await begun(0, version)), false);
    });
  }

  it('cannot be resumed where tickets are off', async () => {
    const { output } = await sClient(portOf(3), ['-tls1_2'], REQUEST);
    assert.doesNotMatch(output, /TLS session ticket:/);
  });
});

function hex(): string {
  return randomBytes(32).toString('hex');
}
