import assert from 'node:assert/strict';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Authority, type Issued } from '../support/authority.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { parseMetrics, total } from '../support/metrics.ts';
import { Folder } from '../support/openssl.ts';
import { namesShown } from '../support/tls-client.ts';
import { until } from '../support/until.ts';

interface Told {
  readonly where: string;
  readonly problem: string | null;
}

describe('Certificates in files', () => {
  const authority = new Authority();
  const folder = new Folder();
  let gateway: Gateway;
  let version = 0;

  /** Replaces certificate and key in one step, as Kubernetes does for a mounted secret. */
  function mount({ cert, key }: Issued): void {
    const next = `..${version++}`;
    mkdirSync(folder.at(next));
    writeFileSync(folder.at(`${next}/tls.crt`), cert);
    writeFileSync(folder.at(`${next}/tls.key`), key);
    symlinkSync(next, folder.at('..next'));
    renameSync(folder.at('..next'), folder.at('..data'));
  }

  before(async () => {
    mount(authority.issue('DNS:first.test'));
    for (const name of ['tls.crt', 'tls.key']) symlinkSync(`..data/${name}`, folder.at(name));
    gateway = await startGateway({
      listen: '127.0.0.1:0 ssl',
      workers: 2,
      config: { _format_version: '3.0' },
      flags: [
        ...['--ssl-cert', folder.at('tls.crt'), '--ssl-cert-key', folder.at('tls.key')],
        ...['--admin-listen', '127.0.0.1:0 ssl'],
        ...['--client-certificate-authorities', folder.write('clients.crt', authority.cert)],
        ...['--upstream-ca', folder.write('upstream.crt', authority.cert)],
      ],
      admin: 'own-listen',
    });
  });
  after(async () => {
    await gateway.stop();
    authority.remove();
    folder.remove();
  });

  const isShown = (port: number, name: string): Promise<boolean> =>
    until(`${name} is shown`, async () => (await namesShown(port)) === `DNS:${name}`);

  it('are taken up when they change, by every listener that shows them', async () => {
    await isShown(gateway.proxyPort, 'first.test');
    mount(authority.issue('DNS:second.test'));
    await isShown(gateway.proxyPort, 'second.test');
    await isShown(gateway.adminPort, 'second.test');
  });

  it('stay in use when what comes next is no good, which operators hear of', async () => {
    const [one, other] = [authority.issue('DNS:third.test'), authority.issue('DNS:third.test')];
    mount({ cert: one.cert, key: other.key });
    await gateway.logged(
      /changed files are not used, the old ones stay: the key in .* is not that of/,
    );
    await isShown(gateway.proxyPort, 'second.test');
    const { warnings } = (await gateway.status()) as unknown as { warnings: string[] };
    assert.match(warnings.join('\n'), /changed certificate files are not in use: the key in /);
    mount(one);
    await isShown(gateway.proxyPort, 'third.test');
  });

  /** Waits until metrics and status say whether the files are in use, and why they are not. */
  async function told(where: string, problem: RegExp | null): Promise<void> {
    await until(`${where} is told of`, async () => {
      const metrics = parseMetrics(await (await gateway.fetchStatus('/metrics')).text());
      const inUse = total(metrics, 'sluice_certificate_files_in_use', { where });
      const { certificates } = (await gateway.status()) as unknown as { certificates: Told[] };
      const one = certificates.find((certificate) => certificate.where === where);
      if (problem === null) return inUse === 1 && one?.problem === null;
      return inUse === 0 && problem.test(one?.problem ?? '');
    });
  }

  it('are missed when they go, and are in use again when they come back', async () => {
    renameSync(folder.at('tls.key'), folder.at('away.key'));
    await told('proxy', /tls\.key cannot be read \(ENOENT\) \(--ssl-cert\)$/);
    await gateway.logged(/the old ones stay: .*tls\.key cannot be read \(ENOENT\) \(--ssl-cert\)/);
    renameSync(folder.at('away.key'), folder.at('tls.key'));
    await told('proxy', null);
  });

  for (const [where, file, option] of [
    ['client_authorities', 'clients.crt', '--client-certificate-authorities'],
    ['upstream_authorities', 'upstream.crt', '--upstream-ca'],
  ] as const) {
    it(`of ${option} are told of with that name, once`, async () => {
      await told(where, null);
      folder.write(file, 'nothing');
      const problem = `${file} holds no certificate in PEM (${option})`;
      await told(where, new RegExp(`${file} holds no certificate in PEM \\(${option}\\)$`));
      await gateway.logged(problem);
      folder.write(file, 'nothing either');
      folder.write(file, authority.cert);
      await told(where, null);
      assert.equal(gateway.output.split(problem).length, 2);
    });
  }
});
