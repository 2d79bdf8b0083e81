import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { Authority } from '../../../../test/support/authority.ts';
import { Folder } from '../../../../test/support/openssl.ts';
import { trustedPath } from './trusted-path.ts';

describe('the way to an authority', () => {
  const ours = new Authority('Ours');
  const theirs = new Authority('Theirs');
  const files = new Folder();
  after(() => {
    for (const it of [ours, theirs, files]) it.remove();
  });

  function openssl(...words: readonly string[]): void {
    execFileSync('openssl', words, { cwd: files.path, stdio: 'pipe' });
  }

  /** One key of an intermediate authority of theirs, for which ours has issued an ordinary certificate. */
  function makeChain(): { readonly leaf: string; readonly key: string } {
    for (const [name, { cert, key }] of Object.entries({ ours, theirs })) {
      files.write(`${name}.crt`, cert);
      files.write(`${name}.key`, key);
    }
    const kinds = { ours: 'CA:FALSE', theirs: 'CA:TRUE' };
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    openssl('req', ...newKey, '-keyout', 'b.key', '-out', 'b.csr', '-subj', '/CN=between');
    for (const [name, kind] of Object.entries(kinds)) {
      openssl(
        ...['req', '-x509', '-key', 'b.key', '-out', `b-${name}.crt`, '-subj', '/CN=between'],
        ...['-CA', `${name}.crt`, '-CAkey', `${name}.key`, '-days', '30'],
        ...['-addext', `basicConstraints=critical,${kind}`],
      );
    }
    openssl(
      ...['req', '-x509', ...newKey, '-keyout', 'leaf.key', '-out', 'leaf.crt', '-days', '30'],
      ...['-CA', 'b-theirs.crt', '-CAkey', 'b.key', '-subj', '/CN=admin'],
    );
    return { leaf: files.read('leaf.crt'), key: files.read('leaf.key') };
  }

  /** What a server that trusts both authorities sees of a client. */
  async function shown(chain: string, key: string): Promise<X509Certificate> {
    const between = files.read('b-theirs.crt');
    const server = createServer({
      ...ours.issue('DNS:server'),
      ca: [between, theirs.cert, ours.cert],
      requestCert: true,
      rejectUnauthorized: true,
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const options = { port, host: '127.0.0.1', cert: chain, key, rejectUnauthorized: false };
    const client = connect(options);
    try {
      const [socket] = (await once(server, 'secureConnection')) as [TLSSocket];
      const certificate = socket.getPeerX509Certificate();
      socket.destroy();
      assert.ok(certificate !== undefined);
      return certificate;
    } finally {
      client.destroy();
      server.close();
    }
  }

  it('does not lead over a certificate that is none of an authority', async () => {
    const { leaf, key } = makeChain();
    const certificate = await shown(leaf + files.read('b-ours.crt'), key);
    const [root, between] = [theirs.cert, files.read('b-theirs.crt')].map(
      (text) => new X509Certificate(text),
    );
    assert.ok(root !== undefined && between !== undefined);
    assert.equal(trustedPath(certificate, [root, between], false)?.length, 3);
    assert.equal(trustedPath(certificate, [new X509Certificate(ours.cert)], false), null);
  });
});
