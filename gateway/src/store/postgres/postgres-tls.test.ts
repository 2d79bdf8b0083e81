import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { PostgresServer, withoutPostgres } from '../../../../test/support/postgres.ts';
import { openStore } from '../open-store.ts';

describe('PostgreSQL over TLS', { skip: withoutPostgres }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-tls-'));
  const file = (name: string): string => join(folder, name);
  let server: PostgresServer;
  let url: string;

  before(async () => {
    server = await PostgresServer.start();
    url = await server.createDatabase();
  });
  after(async () => {
    await server.dispose();
    rmSync(folder, { recursive: true });
  });

  /** What is wrong with a connection; null when nothing is. */
  const problem = async (parameters: string): Promise<string | null> => {
    const store = await openStore({ kind: 'postgres', url: `${url}?${parameters}` });
    const found = store.health.problem;
    await store.close();
    return found;
  };

  it('is refused by a server without it, with what to do about it', async () => {
    assert.match((await problem('sslmode=require')) ?? '', /sslmode=disable connects without/);
  });

  it('is as strict as sslmode says', async () => {
    makeCertificates(folder);
    await serveTls(server, file('server'));
    const ca = `sslrootcert=${file('ca.crt')}`;
    const other = `sslrootcert=${file('other.crt')}`;
    assert.equal(await problem('sslmode=require'), null);
    assert.match((await problem(`sslmode=require&${other}`)) ?? '', /certificate|signature/);
    assert.match((await problem('sslmode=verify-ca')) ?? '', /certificate/);
    assert.equal(await problem(`sslmode=verify-ca&${ca}`), null);
    assert.match((await problem(`sslmode=verify-ca&${other}`)) ?? '', /certificate|signature/);
    assert.match((await problem(`sslmode=verify-full&${ca}`)) ?? '', /127\.0\.0\.1/);
    await serveTls(server, file('named'));
    assert.equal(await problem(`sslmode=verify-full&${ca}`), null);
  });
});

/** Two authorities, and certificates of the first for another host and for 127.0.0.1. */
function makeCertificates(folder: string): void {
  const openssl = (...args: string[]): void =>
    void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  for (const name of ['ca', 'other']) {
    const out = ['-keyout', `${name}.key`, '-out', `${name}.crt`];
    openssl('req', '-x509', ...key, '-subj', `/CN=${name}`, ...out);
  }
  for (const [name, host] of [
    ['server', 'DNS:elsewhere.test'],
    ['named', 'IP:127.0.0.1'],
  ]) {
    const extension = ['-addext', `subjectAltName=${host}`];
    const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key'];
    const out = ['-keyout', `${name}.key`, '-out', `${name}.crt`];
    openssl('req', '-x509', ...key, '-subj', `/CN=${name}`, ...extension, ...signed, ...out);
  }
}

/** Makes the server use a certificate; it takes only a key of its own user. */
async function serveTls(server: PostgresServer, path: string): Promise<void> {
  const [row] = await server.query('SHOW data_directory');
  const { uid, gid } = statSync(String(row?.data_directory));
  const files = [join(path, '..'), `${path}.key`, `${path}.crt`];
  for (const name of files) chownSync(name, uid, gid);
  chmodSync(`${path}.key`, 0o600);
  await server.query(`ALTER SYSTEM SET ssl_cert_file = '${path}.crt'`);
  await server.query(`ALTER SYSTEM SET ssl_key_file = '${path}.key'`);
  await server.query('ALTER SYSTEM SET ssl = on');
  await server.stop('fast');
  await server.start();
}
