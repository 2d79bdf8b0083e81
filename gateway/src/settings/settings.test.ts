import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { OperatorError } from '../errors.ts';
import { unknownVariables } from './environment.ts';
import { plainListen, portOf } from './listen-kinds.ts';
import { options, optionNames } from './options.ts';
import { settingsJson, settingsTable } from './print-settings.ts';
import { type Environment, type GivenFlags, resolveOptions } from './resolve.ts';
import { toNodeSettings } from './settings.ts';

function settingsOf(flags: GivenFlags, environment: Environment = {}) {
  return toNodeSettings(resolveOptions({ config: 'kong.yaml', ...flags }, environment));
}

function failureOf(flags: GivenFlags, environment: Environment = {}): OperatorError {
  try {
    toNodeSettings(resolveOptions(flags, environment));
  } catch (error) {
    assert.ok(error instanceof OperatorError);
    return error;
  }
  assert.fail('the settings were accepted');
}

describe('settings', () => {
  it('have defaults that the reference names', () => {
    assert.deepEqual(settingsOf({}), {
      config: 'kong.yaml',
      data: './sluice-data',
      database: null,
      allowUnsupportedPlugins: false,
      admin: {
        listen: [plainListen({ host: '127.0.0.1', port: 8001 })],
        auth: true,
        tokenFile: null,
        corsOrigins: [],
      },
      proxyListen: [plainListen({ host: '0.0.0.0', port: 8000 })],
      streamListen: [],
      statusListen: [plainListen({ host: '127.0.0.1', port: 8007 })],
      tls: {
        certificates: [],
        adminCertificates: [],
        statusCertificates: [],
        cipherSuite: 'intermediate',
        minVersion: 'TLSv1.2',
        maxVersion: 'TLSv1.3',
        sessionTickets: true,
        sessionTimeout: 86_400_000,
        ticketSecret: null,
        handshakeTimeout: 10_000,
        maxHandshakes: 4096,
        clientCertificates: 'off',
        clientCertificatesByName: [],
        clientAuthorities: null,
      },
      workers: availableParallelism(),
      accessLog: 'stdout',
      logLevel: 'info',
      trustedIps: [],
      realIpHeader: 'x-real-ip',
      realIpRecursive: false,
      drainTimeout: 25_000,
      watch: false,
      routerFlavor: 'traditional_compatible',
      headerNames: 'sluice',
      responseHeaders: {
        server: true,
        via: true,
        upstreamLatency: true,
        proxyLatency: true,
        responseLatency: true,
        upstreamStatus: false,
        requestId: true,
      },
      requestIdUpstream: true,
      allowDebugHeader: false,
      limits: {
        requestLine: 8192,
        head: 32_768,
        field: 32_768,
        fields: 100,
        headStatus: 431,
        body: 0,
      },
      heldBodies: 64 * 1024 ** 2,
      timeouts: { head: 10_000, body: 60_000, send: 60_000, idle: 75_000 },
      http2: {
        maxStreams: 128,
        streamWindow: 262_144,
        connectionWindow: 1_048_576,
        maxResets: 200,
        maxIdleFrames: 1000,
        maxContinuations: 8,
      },
      webSocket: { idleTimeout: 0, lifetime: 0 },
      upstreamKeepalive: { poolSize: 512, maxRequests: 10_000, idleTimeout: 60_000 },
      upstreamTls: { verify: true, authorities: null, certificate: null },
      upstreamHttp2: { offered: false, pingInterval: 300_000 },
      upstreamProxyProtocol: {},
      metricsMaxSeries: 10_000,
      threadHeap: { old: 512, young: 16 },
      counterSlots: 262_144,
    });
  });

  it('come from a flag, else a variable, else the default', () => {
    const environment = { SLUICE_WORKERS: '3', SLUICE_IDLE_TIMEOUT: '5s' };
    const settings = settingsOf({ workers: '2' }, environment);
    assert.equal(settings.workers, 2);
    assert.equal(settings.timeouts.idle, 5000);
    assert.equal(settings.timeouts.head, 10_000);
  });

  it('take an empty variable for one that is not set', () => {
    assert.equal(settingsOf({}, { SLUICE_MAX_FIELDS: '' }).limits.fields, 100);
  });

  it("give Kong's limits on demand", () => {
    const { limits } = settingsOf({ limits: 'kong' });
    assert.equal(limits.field, 8192);
    assert.equal(limits.headStatus, 400);
  });

  it('let a head that is smaller than one field of Kong bound the field', () => {
    assert.equal(settingsOf({ limits: 'kong', 'max-head': '4k' }).limits.field, 4096);
  });

  it('are refused with what is wrong and an example, named as they were given', () => {
    const { message, exitCode } = failureOf({ config: 'x' }, { SLUICE_WORKERS: 'many' });
    assert.equal(
      message,
      'SLUICE_WORKERS "many" is not a whole number; for example SLUICE_WORKERS=4',
    );
    assert.equal(exitCode, 2);
  });

  it('are refused all at once', () => {
    const { message } = failureOf({ watch: 'maybe', headers: '' }, { SLUICE_MAX_HEAD: 'big' });
    assert.deepEqual(message.split('\n'), [
      '3 settings are wrong',
      '  --watch "maybe" is neither on nor off; for example --watch',
      '  --headers "" is empty; for example --headers server_tokens,X-Kong-Request-Id',
      '  SLUICE_MAX_HEAD "big" is not a size; for example SLUICE_MAX_HEAD=64KiB',
    ]);
  });

  it('cannot listen twice on one address', () => {
    const { message } = failureOf({ config: 'x', 'proxy-listen': '127.0.0.1:8007' });
    assert.equal(message, '127.0.0.1:8007 is to be listened on twice');
  });

  it('may leave several ports to the system', () => {
    const settings = settingsOf({ 'proxy-listen': '127.0.0.1:0', 'status-listen': '127.0.0.1:0' });
    assert.deepEqual(settings.statusListen.map(portOf), [0]);
  });

  it('pair certificates with keys, in order', () => {
    const files = { 'ssl-cert': 'a.crt, b.crt', 'ssl-cert-key': 'a.key,b.key' };
    assert.deepEqual(settingsOf(files).tls.certificates, [
      { cert: 'a.crt', key: 'a.key' },
      { cert: 'b.crt', key: 'b.key' },
    ]);
    const { message } = failureOf({ ...files, config: 'x', 'ssl-cert-key': 'a.key' });
    assert.equal(message, '--ssl-cert and --ssl-cert-key name 2 and 1 files');
  });

  it('speak TLS 1.3 alone with the modern suite', () => {
    const modern = { 'ssl-cipher-suite': 'modern' };
    assert.equal(settingsOf(modern).tls.minVersion, 'TLSv1.3');
    const { message } = failureOf({ ...modern, config: 'x', 'ssl-protocols': 'TLSv1.2' });
    assert.match(message, /modern speaks TLSv1\.3 only/);
    const old = failureOf({ config: 'x', 'ssl-protocols': 'TLSv1.1 TLSv1.2' });
    assert.match(old.message, /asks for TLSv1\.1, which is not safe and not spoken/);
  });

  it('demand certificates of clients only where somebody vouches for them', () => {
    for (const asking of [
      { 'client-certificates': 'required' },
      { 'client-certificates-by-name': 'a.test=optional,*.b.test=required' },
      { 'client-certificates': 'optional' },
      { 'proxy-listen': '127.0.0.1:1 ssl client_certificates=required' },
    ]) {
      const { message } = failureOf({ config: 'x', ...asking });
      assert.match(message, /clients are asked for certificates, but no authority vouches/);
    }
  });

  it('take the PROXY protocol of trusted peers only, so there must be some', () => {
    const listen = { config: 'x', 'proxy-listen': '127.0.0.1:1 proxy_protocol' };
    assert.match(failureOf(listen).message, /no peer is trusted to speak it/);
    assert.equal(settingsOf({ ...listen, 'trusted-ips': '::1' }).proxyListen.length, 1);
  });

  it('name one home of the configuration, and say how to bring a file into the other', () => {
    const { message, help } = failureOf({ config: 'kong.yaml', database: 'postgres://h/d' });
    assert.equal(message, '--config and --database both say where the configuration lives');
    assert.match(help ?? '', /sluice import --database … kong\.yaml/);
  });

  it('never repeat or show the password of a database', () => {
    const wrong = failureOf({ database: 'postgress://sluice:secret@h/d' });
    assert.doesNotMatch(wrong.message, /secret/);
    const url = 'postgres://sluice:secret@db:5432/sluice?sslpassword=secret';
    const shown = settingsTable(resolveOptions({ database: url }, {}));
    assert.match(shown, /postgres:\/\/sluice:\*\*\*@db:5432\/sluice/);
    assert.doesNotMatch(shown, /secret/);
  });

  it('take a database from a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-settings-'));
    try {
      const file = join(folder, 'database');
      writeFileSync(file, 'postgres://u:p@h/d\n');
      const { database } = toNodeSettings(resolveOptions({ 'database-file': file }, {}));
      assert.deepEqual(database, { url: 'postgres://u:p@h/d', poolSize: 10 });
      writeFileSync(file, 'mysql://u:secret@h/d');
      const { message } = failureOf({ 'database-file': file });
      assert.equal(
        message,
        `--database-file ${file} holds something that does not begin with postgres://`,
      );
      rmSync(file);
      assert.match(failureOf({ 'database-file': file }).message, /cannot be read \(ENOENT\)/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  for (const listen of ['0.0.0.0:8001', '[::]:8001', '192.168.0.1:8001', 'gateway:8001']) {
    it(`do not open the Admin API to everybody on ${listen}`, () => {
      const { message } = failureOf({ 'admin-auth': 'off', 'admin-listen': listen });
      assert.match(message, /^--admin-auth off would let everybody who reaches/);
    });
  }

  it('do not open the Admin API to every web page without tokens', () => {
    const origins = { 'admin-cors-origins': '*' };
    assert.deepEqual(settingsOf(origins).admin.corsOrigins, ['*']);
    const { message } = failureOf({ ...origins, 'admin-auth': 'off' });
    assert.match(message, /would let every web page change the gateway/);
  });

  for (const listen of ['127.0.0.1:8001', '[::1]:8001', 'localhost:8001', 'off']) {
    it(`may leave out tokens on ${listen}`, () => {
      assert.equal(settingsOf({ 'admin-auth': 'off', 'admin-listen': listen }).admin.auth, false);
    });
  }

  for (const name of optionNames) {
    it(`${name}: its example is accepted and survives being shown`, () => {
      const { kind, example } = options[name];
      const value = kind.parse(example);
      assert.deepEqual(kind.parse(kind.format(value)), value);
    });
  }
});

describe('printed settings', () => {
  const resolved = resolveOptions({ workers: '2' }, { SLUICE_MAX_BODY: '1048576' });

  it('name each value and who gave it', () => {
    const lines = settingsTable(resolved).split('\n');
    const rows = new Set(lines.map((line) => line.trimEnd().replace(/ {2,}/g, ' | ')));
    assert.ok(rows.has('config | (not given) | default'));
    assert.ok(rows.has('workers | 2 | --workers'));
    assert.ok(rows.has('max-body | 1MiB | SLUICE_MAX_BODY'));
    assert.ok(rows.has('trusted-ips | (none) | default'));
    assert.equal(lines.length, optionNames.length + 2);
  });

  it('are JSON for programs', () => {
    const parsed = JSON.parse(settingsJson(resolved)) as Record<string, unknown>;
    assert.deepEqual(Object.keys(parsed), optionNames);
    assert.deepEqual(parsed['max-body'], {
      value: '1MiB',
      from: 'environment',
      flag: '--max-body',
      variable: 'SLUICE_MAX_BODY',
    });
  });
});

describe('unknown variables', () => {
  it('are named with the nearest setting', () => {
    const environment = { SLUICE_WORKER: '2', SLUICE_COLOUR: 'red', SLUICE_WATCH: 'on', HOME: '/' };
    assert.deepEqual(unknownVariables(environment), [
      'the environment variable SLUICE_COLOUR is not a setting of Sluice',
      'the environment variable SLUICE_WORKER is not a setting of Sluice; did you mean SLUICE_WORKERS?',
    ]);
  });

  it('do not include what Kubernetes sets for a service called sluice', () => {
    const environment = {
      SLUICE_SERVICE_HOST: '10.0.0.1',
      SLUICE_SERVICE_PORT_PROXY: '8000',
      SLUICE_PORT: 'tcp://10.0.0.1:8000',
      SLUICE_PORT_8000_TCP_ADDR: '10.0.0.1',
      SLUICE_PROXY_SERVICE_HOST: '10.0.0.2',
    };
    assert.deepEqual(unknownVariables(environment), []);
  });
});
