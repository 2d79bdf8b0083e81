import assert from 'node:assert/strict';
import http2 from 'node:http2';
import { text as textOf } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import { Authority, type Issued } from '../support/authority.ts';
import { field } from '../support/http-message.ts';
import { head } from '../support/message.ts';
import { Folder, sClient } from '../support/openssl.ts';
import { oneService, useSite } from '../support/site.ts';
import { RawClient } from '../support/raw-client.ts';
import { connectTls, fetchTls } from '../support/tls-client.ts';
import { until } from '../support/until.ts';

const PARTNERS = '0b3a1d0e-8a3c-4f6e-9a31-0c7a52a0c111';
const STAFF = '0b3a1d0e-8a3c-4f6e-9a31-0c7a52a0c222';

describe('mtls-auth', () => {
  const partners = new Authority('Partners');
  const staff = new Authority('Staff');
  const strangers = new Authority('Strangers');
  const ada = partners.issueTo('/O=Shop/CN=ada');
  const files = new Folder();
  const shown = [
    '-cert',
    files.write('ada.crt', ada.cert),
    '-key',
    files.write('ada.key', ada.key),
  ];

  const route = (name: string, fields: object, config: object, more: object[] = []): object => ({
    ...{ name, paths: ['/'], preserve_host: true, hosts: [`${name}.test`], ...fields },
    plugins: [{ name: 'mtls-auth', config: { ca_certificates: [PARTNERS], ...config } }, ...more],
  });
  const configFor = (port: number): object => ({
    _format_version: '3.0',
    ca_certificates: [
      { id: PARTNERS, cert: partners.cert },
      { id: STAFF, cert: staff.cert },
    ],
    services: [
      oneService(port, { name: 'open' }, { name: 'open', hosts: ['open.test'] }),
      {
        name: 'guarded',
        url: `http://127.0.0.1:${port}`,
        routes: [
          route('partners', {}, {}),
          route('wild', { hosts: ['*.wild.test'] }, {}),
          route('bearers', {}, { skip_consumer_lookup: true }, [
            { name: 'acl', config: { allow: ['till 7'] } },
          ]),
          route('fallback', {}, { default_consumer: 'anybody' }),
          route('shared', { paths: ['/partners'] }, {}),
          route(
            'shared-staff',
            { paths: ['/staff'], hosts: ['shared.test'] },
            {
              ca_certificates: [STAFF],
            },
          ),
          route('guests', {}, { anonymous: 'guest' }),
        ],
      },
    ],
    consumers: [
      { username: 'ada' },
      { username: 'guest' },
      { username: 'anybody' },
      { username: 'by-name', custom_id: 'till7.shop.example' },
    ],
  });
  const site = useSite({
    workers: 2,
    listen: '127.0.0.1:0, 127.0.0.1:0 ssl http2',
    config: configFor,
  });
  after(() => {
    for (const authority of [partners, staff, strangers]) authority.remove();
    files.remove();
  });

  interface Asked {
    readonly host?: string;
    readonly path?: string;
    /** Server name of the handshake. */
    readonly name?: string;
    readonly fields?: readonly string[];
    readonly version?: 'TLSv1.2' | 'TLSv1.3';
  }

  /** Status, and what the service saw of whom the request is from. */
  async function ask(certificate: Issued | null, asked: Asked = {}): Promise<string> {
    const { host = 'partners.test', path = '/', name = host, fields = [], version } = asked;
    await site.serve((exchange) => {
      const fieldOf = (one: string): string => field(exchange.request, one) ?? '-';
      const body = `${fieldOf('x-consumer-username')} ${fieldOf('x-client-cert-dn')}`;
      return exchange.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
    const bytes = head(`GET ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...fields);
    const options = {
      ...{ servername: name, ...certificate },
      ...(version === undefined ? {} : { maxVersion: version }),
    };
    const response = await fetchTls(site.gateway.proxyPorts[1] ?? 0, options, bytes);
    const { text: said } = response;
    return response.status === 200
      ? `200 ${said}`
      : `${response.status} ${(JSON.parse(said) as { message: string }).message}`;
  }

  const MISSING = '401 No required TLS certificate was sent';
  const REFUSED = '401 TLS certificate failed verification';

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`knows a consumer by its certificate, over ${version}`, async () => {
      assert.equal(await ask(ada, { version }), '200 ada -');
      assert.equal(await ask(null, { version }), MISSING);
      assert.equal(await ask(strangers.issueTo('/CN=ada'), { version }), REFUSED);
    });
  }

  it('refuses certificates that are not valid now, or that nobody signed', async () => {
    const past = { from: '20190101000000Z', to: '20200101000000Z' };
    const future = { from: '20390101000000Z', to: '20400101000000Z' };
    assert.equal(await ask(partners.issueTo('/CN=ada', past)), REFUSED);
    assert.equal(await ask(partners.issueTo('/CN=ada', future)), REFUSED);
    assert.equal(await ask(selfSigned), REFUSED);
  });
  const itself = new Authority('ada');
  const selfSigned = { cert: itself.cert, key: itself.key };
  after(() => itself.remove());

  it('tells whoever runs the gateway why it refuses a certificate', async () => {
    const past = { from: '20190101000000Z', to: '20200101000000Z' };
    assert.equal(await ask(partners.issueTo('/CN=ada', past)), REFUSED);
    await site.gateway.logged(/a client certificate is refused: it is not verified \(CERT_HAS_EXP/);
    assert.equal(await ask(partners.issueTo('/CN=mallory')), REFUSED);
    await site.gateway.logged(/CN=mallory.*a client certificate is refused: it names no consumer/);
  });

  it('refuses certificates that are not for clients', async () => {
    assert.equal(await ask(partners.issueTo('/CN=ada', { usage: 'serverAuth' })), REFUSED);
    assert.equal(await ask(partners.issueTo('/CN=ada', { usage: 'clientAuth' })), '200 ada -');
  });

  it('follows a chain that the client sends, and needs all of it', async () => {
    const chained = partners.issueBehindAnother('DNS:ada');
    assert.equal(await ask(chained), '200 ada -');
    const [leaf = ''] = chained.cert.split(/(?<=-----END CERTIFICATE-----\n)/);
    assert.equal(await ask({ cert: leaf, key: chained.key }), REFUSED);
  });

  it('goes by alternative names first, and by custom_id', async () => {
    const names = ['DNS:till7.shop.example'];
    assert.equal(await ask(partners.issueTo('/CN=ada', { names })), '200 by-name -');
    assert.equal(await ask(partners.issueTo('/CN=nobody')), REFUSED);
    assert.equal(
      await ask(partners.issueTo('/CN=nobody'), { host: 'fallback.test' }),
      '200 anybody -',
    );
  });

  it('lets bearers of certificates in by their groups, and tells the service who they are', async () => {
    const host = 'bearers.test';
    const till = partners.issueTo('/O=Shop/CN=till 7');
    assert.equal(await ask(till, { host }), '200 - O=Shop, CN=till 7');
    assert.equal(await ask(ada, { host }), '403 You cannot consume this service');
    const fields = ['X-Client-Cert-DN: CN=forged'];
    assert.equal(await ask(till, { host, fields }), '200 - O=Shop, CN=till 7');
    assert.equal(await ask(ada, { fields }), '200 ada -');
    assert.equal(await ask(null, { host: 'guests.test', fields }), '200 guest -');
  });

  it('tells the authorities of two plugins behind one name apart', async () => {
    const host = 'shared.test';
    const eve = staff.issueTo('/CN=ada');
    assert.equal(await ask(ada, { host, path: '/partners' }), '200 ada -');
    assert.equal(await ask(ada, { host, path: '/staff' }), REFUSED);
    assert.equal(await ask(eve, { host, path: '/staff' }), '200 ada -');
    assert.equal(await ask(eve, { host, path: '/partners' }), REFUSED);
  });

  it('asks nobody who comes for another server', async () => {
    const port = site.gateway.proxyPorts[1] ?? 0;
    const asked = /Acceptable client certificate CA names\nCN = Partners/;
    for (const name of ['partners.test', 'a.b.wild.test']) {
      assert.match((await sClient(port, ['-servername', name])).output, asked, name);
    }
    for (const name of ['open.test', 'wild.test', 'x.partners.test']) {
      const { output } = await sClient(port, ['-servername', name]);
      assert.match(output, /No client certificate CA names sent/, name);
    }
    assert.match((await sClient(port, ['-noservername'])).output, asked);
    assert.equal(await ask(null, { host: 'open.test' }), '200 - -');
  });

  it('cannot be got around with the name of another server', async () => {
    assert.equal(await ask(ada, { name: 'open.test' }), '421 Misdirected Request');
    assert.equal(await ask(null, { name: 'open.test' }), '421 Misdirected Request');
    assert.equal(await ask(ada, { name: '' }), '200 ada -');
    assert.equal(await ask(null, { host: 'guests.test', name: 'open.test' }), '200 guest -');
  });

  it('refuses requests without TLS, whatever they say', async () => {
    const lines = ['Host: partners.test', 'X-Forwarded-Proto: https'];
    const response = await site.fetch(head('GET / HTTP/1.1', ...lines));
    assert.equal(response.status, 401);
    assert.match(response.text, /No required TLS certificate was sent/);
  });

  for (const version of ['-tls1_2', '-tls1_3']) {
    it(`lets no session stand for a certificate (${version.slice(1)})`, async () => {
      const port = site.gateway.proxyPorts[1] ?? 0;
      const session = files.at(`session${version}`);
      const request = 'GET / HTTP/1.1\r\nHost: partners.test\r\nConnection: close\r\n\r\n';
      const at = (name: string): string[] => [version, '-servername', name, '-ign_eof'];
      await site.serve((exchange) =>
        exchange.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
      );
      const first = await sClient(
        port,
        [...at('partners.test'), ...shown, '-sess_out', session],
        request,
      );
      assert.match(first.output, /HTTP\/1\.1 200/);
      const again = await sClient(port, [...at('partners.test'), '-sess_in', session], request);
      assert.doesNotMatch(again.output, /Reused/);
      assert.match(again.output, /HTTP\/1\.1 401/);
      // Nor one that began where nobody is asked.
      await sClient(port, [...at('open.test'), '-sess_out', session], request);
      const crossed = await sClient(
        port,
        [...at('partners.test'), ...shown, '-sess_in', session],
        request,
      );
      assert.doesNotMatch(crossed.output, /Reused/);
      assert.match(crossed.output, /HTTP\/1\.1 200/);
      const open = await sClient(port, [...at('open.test'), '-sess_in', session], request);
      assert.match(open.output, /Reused/);
    });
  }

  it('refuses a certificate that expires while its connection is open', async () => {
    const soon = new Date(Date.now() + 5000).toISOString().replace(/[-:T]|\.\d+/g, '');
    const brief = partners.issueTo('/CN=ada', { to: soon });
    await site.serve((exchange) =>
      exchange.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
    );
    const port = site.gateway.proxyPorts[1] ?? 0;
    const client = new RawClient(await connectTls(port, { servername: 'partners.test', ...brief }));
    const status = async (): Promise<number> =>
      (await client.request(head('GET / HTTP/1.1', 'Host: partners.test'))).status;
    assert.equal(await status(), 200);
    await until('the certificate has expired', async () => (await status()) === 401);
    client.close();
  });

  it('goes by the certificate of the connection for every request of HTTP/2', async () => {
    await site.serve((exchange) =>
      exchange.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
    );
    const url = `https://127.0.0.1:${site.gateway.proxyPorts[1]}`;
    const options = { servername: 'partners.test', rejectUnauthorized: false };
    for (const [certificate, status] of [
      [ada, 200],
      [null, 401],
    ] as const) {
      const session = http2.connect(url, { ...options, ...certificate });
      for (let i = 0; i < 3; i++) {
        const stream = session.request({ ':path': '/', ':authority': 'partners.test' });
        const answered = new Promise<number>((resolve) =>
          stream.on('response', (fields) => resolve(fields[':status'] ?? 0)),
        );
        assert.equal(await answered, status);
        await textOf(stream);
      }
      session.close();
    }
  });

  it('follows the configuration: who is trusted, and who is asked', async () => {
    const config = configFor(site.origin.port);
    const exchanged = [
      { id: PARTNERS, cert: staff.cert },
      { id: STAFF, cert: partners.cert },
    ];
    await site.gateway.reload({ ...config, ca_certificates: exchanged });
    assert.equal(await ask(ada), REFUSED);
    assert.equal(await ask(staff.issueTo('/CN=ada')), '200 ada -');
    await site.gateway.reload(configFor(site.origin.port));
    assert.equal(await ask(ada), '200 ada -');
  });
});

describe('mtls-auth where the node itself asks for certificates', () => {
  const nodes = new Authority('Node');
  const partners = new Authority('Partners');
  const files = new Folder();
  const site = useSite({
    listen: '127.0.0.1:0 ssl',
    flags: [
      ...['--client-certificate-authorities', files.write('ca.crt', nodes.cert)],
      ...['--client-certificates-by-name', 'node.test=optional'],
    ],
    config: (port) => ({
      _format_version: '3.0',
      ca_certificates: [
        { id: PARTNERS, cert: partners.cert },
        { id: STAFF, cert: nodes.cert },
      ],
      services: [
        oneService(
          port,
          { plugins: [{ name: 'mtls-auth', config: { ca_certificates: [PARTNERS, STAFF] } }] },
          { hosts: ['node.test', 'plugin.test'] },
        ),
      ],
      consumers: [{ username: 'ada' }],
    }),
  });
  after(() => {
    nodes.remove();
    partners.remove();
    files.remove();
  });

  async function status(certificate: Issued, name: string, host = name): Promise<number> {
    await site.serve((exchange) =>
      exchange.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
    );
    const bytes = head('GET / HTTP/1.1', `Host: ${host}`, 'Connection: close');
    const options = { servername: name, ...certificate };
    return (await fetchTls(site.gateway.proxyPorts[0] ?? 0, options, bytes)).status;
  }

  it('lets the node decide first who comes in, and the plugin among those', async () => {
    assert.equal(await status(nodes.issueTo('/CN=ada'), 'node.test'), 200);
    assert.equal(await status(nodes.issueTo('/CN=nobody'), 'node.test'), 401);
    await assert.rejects(status(partners.issueTo('/CN=ada'), 'node.test'));
    assert.equal(await status(partners.issueTo('/CN=ada'), 'plugin.test'), 200);
  });

  it('lets nobody in to a name of the node who was asked for a plugin alone', async () => {
    assert.equal(await status(partners.issueTo('/CN=ada'), 'plugin.test', 'node.test'), 421);
  });
});

describe('mtls-auth with an intermediate authority', () => {
  const root = new Authority('Root');
  const chained = root.issueBehindAnother('DNS:ada');
  const [, between = ''] = chained.cert.split(/(?<=-----END CERTIFICATE-----\n)/);
  const config = (port: number, partial: boolean, ids: string[]): object => ({
    _format_version: '3.0',
    ca_certificates: [
      { id: PARTNERS, cert: between },
      { id: STAFF, cert: root.cert },
    ],
    services: [
      oneService(port, {
        plugins: [
          { name: 'mtls-auth', config: { ca_certificates: ids, allow_partial_chain: partial } },
        ],
      }),
    ],
    consumers: [{ username: 'ada' }],
  });
  const site = useSite({
    listen: '127.0.0.1:0 ssl',
    config: (port) => config(port, false, [PARTNERS]),
  });
  after(() => root.remove());

  async function status(): Promise<number> {
    const [leaf = ''] = chained.cert.split(/(?<=-----END CERTIFICATE-----\n)/);
    const options = { servername: 'h', cert: leaf, key: chained.key };
    await site.serve((exchange) =>
      exchange.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
    );
    const bytes = head('GET / HTTP/1.1', 'Host: h', 'Connection: close');
    return (await fetchTls(site.gateway.proxyPorts[0] ?? 0, options, bytes)).status;
  }

  it('needs its root, unless a chain may be partial', async () => {
    assert.equal(await status(), 401);
    await site.gateway.reload(config(site.origin.port, true, [PARTNERS]));
    assert.equal(await status(), 200);
    await site.gateway.reload(config(site.origin.port, false, [PARTNERS, STAFF]));
    assert.equal(await status(), 200);
    await site.gateway.reload(config(site.origin.port, false, [STAFF]));
    assert.equal(await status(), 401);
  });

  it('is refused at load where an authority is not there', async () => {
    const missing = '0b3a1d0e-8a3c-4f6e-9a31-0c7a52a0c999';
    await assert.rejects(
      site.gateway.reload(config(site.origin.port, false, [missing])),
      /invalid reference 'config\.ca_certificates: 0b3a1d0e[^']*' \(no such entry in 'ca_certificates'\)/,
    );
  });
});
