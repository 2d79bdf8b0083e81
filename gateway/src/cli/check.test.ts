import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { after, describe, it } from 'node:test';
import { runCheck } from './check.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-check-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

class Collected extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

async function check(
  files: string[],
  report = false,
  forStore = false,
): Promise<{ status: number; out: string; err: string }> {
  const [stdout, stderr] = [new Collected(), new Collected()];
  const status = await runCheck(files, {
    report,
    forStore,
    environment: { DECK_SET: 's.test' },
    stdin: () => Readable.from([]),
    stdout,
    stderr,
  });
  const clean = (text: string): string => text.replaceAll(`${folder}/`, '');
  return { status, out: clean(stdout.text), err: clean(stderr.text) };
}

const good = file(
  'good.yaml',
  '_format_version: "3.0"\nservices: [{host: a}, {host: b}]\nconsumers: [{username: x}]\n',
);
const bad = file('bad.yaml', '_format_version: "3.0"\nservices: [{hots: a}]\n');
const ahead = file(
  'ahead.yaml',
  `_format_version: "3.0"
_konnect: {control_plane_name: c}
consumer_groups: [{name: g}]
plugins: [{name: grpc-web}, {name: jwt, enabled: false}, {name: ldap-auth, config: {ldap_host: h, base_dn: d, attribute: a}}, {name: rate-limiting-advanced}]
services: [{name: s, protocol: udp, host: a}]
routes: [{name: r, protocols: [udp], sources: [{port: 1}]}, {name: h, paths: [/h]}]
upstreams:
- {name: a, healthchecks: {active: {healthy: {interval: 5}}}}
- {name: b, algorithm: latency, healthchecks: {active: {healthy: {interval: 5}}}}
`,
);
const partly = file(
  'partly.yaml',
  `_format_version: "3.0"
services: [{name: g, host: a}]
routes:
- {name: a, paths: [/a]}
- {name: d, paths: ['/d/\\d+']}
`,
);

describe('sluice check', () => {
  it('says how many entities a good file has', async () => {
    assert.deepEqual(await check([good]), {
      status: 0,
      out: 'good.yaml: ok, 2 services, 1 consumer\n',
      err: '',
    });
  });

  it('prints every problem and goes on with the next file', async () => {
    assert.deepEqual(await check([bad, good]), {
      status: 1,
      out: 'good.yaml: ok, 2 services, 1 consumer\n',
      err:
        "bad.yaml:2:13: service: unknown field 'hots' (did you mean 'host'?)\n" +
        'bad.yaml: 1 problem\n',
    });
  });

  it('says when a file cannot be read', async () => {
    assert.deepEqual(await check([join(folder, 'none.yaml'), folder]), {
      status: 1,
      out: '',
      err: `none.yaml: there is no such file\n${folder}: this is a directory, not a file\n`,
    });
  });

  it('warns of what is accepted and has less effect than in Kong', async () => {
    const { status, out, err } = await check([partly]);
    assert.equal(status, 0);
    assert.equal(out, 'partly.yaml: ok, 1 service, 2 routes\n');
    assert.equal(
      err,
      `partly.yaml: warning: since 3.0 regular expressions begin with ~: route 'd' has a path that looks like one and is taken letter by letter
`,
    );
  });
});

describe('sluice check --report', () => {
  it('counts what is not supported, and does not name each place', async () => {
    assert.deepEqual(await check([ahead], true), {
      status: 1,
      out: `Not supported yet:
  1 × plugin grpc-web
  1 × plugin ldap-auth (what comes closest is 'external-auth')
  1 × routes.protocols: udp
  1 × services.protocol: udp
  2 × upstreams.healthchecks.active.healthy.interval
Not part of Kong's open-source edition, to be removed:
  1 × plugin rate-limiting-advanced (what comes closest is 'rate-limiting')
  1 × top level: _konnect
  1 × top level: consumer_groups
What is not supported keeps it from being served.
`,
      err: '',
    });
  });

  it('counts fields that plugins do not have, with what to do', async () => {
    const fields = file(
      'fields.yaml',
      `_format_version: "3.0"
plugins:
- {name: exit-transformer, config: {functions: ["return 1"]}}
- {name: openid-connect, config: {issuer: "https://a.test", client_id: [c], auth_methods: [bearer], session_storage: redis}}
`,
    );
    assert.deepEqual(await check([fields], true), {
      status: 1,
      out: `Not part of Kong's open-source edition, to be removed:
  1 × plugin exit-transformer: config.functions (Lua functions do not run here: say in 'rules' what becomes of which statuses (see the README of exit-transformer))
  1 × plugin openid-connect: config.session_storage (sessions are kept in cookies, and nowhere else)
What is not supported keeps it from being served.
`,
      err: '',
    });
  });

  it('names what else is wrong, and says so at the end', async () => {
    const { status, out, err } = await check([ahead, bad, join(folder, 'none.yaml')], true);
    assert.equal(status, 1);
    assert.match(
      out,
      /\nWhat is not supported and 2 problems keep some of it from being served\. There may be more: not all of it could be looked at\.\n$/,
    );
    assert.equal(
      err,
      "bad.yaml:2:13: service: unknown field 'hots' (did you mean 'host'?)\n" +
        'bad.yaml: 1 problem\nnone.yaml: there is no such file\n',
    );
    assert.equal(
      (await check([bad], true)).out,
      'Nothing here is unsupported, but 1 problem keeps it from being served.\n',
    );
  });

  it('lists what has less effect, also where something else is wrong', async () => {
    const expected = `Accepted, without full effect:
  1 × routes.paths: like a regular expression, without ~ (has a path that looks like one and is taken letter by letter)
`;
    const { out, err } = await check([partly], true);
    assert.equal(
      out,
      `partly.yaml: ok, 1 service, 2 routes\n${expected}Nothing here is unsupported.\n`,
    );
    assert.equal(err, '');
    const worse = file(
      'worse.yaml',
      `${readFileSync(partly, 'utf8')}plugins: [{name: grpc-web}]\n`,
    );
    assert.ok((await check([worse], true)).out.includes(`  1 × plugin grpc-web\n${expected}`));
  });

  it('goes on without variables that are not set, and claims nothing of what depends on them', async () => {
    const missing = file(
      'missing.yaml',
      `_format_version: "3.0"
services:
- {name: s, host: \${{ env "DECK_HOST" }}}
- {name: t, protocol: udp, host: t.test}
plugins:
- name: grpc-web
routes: [{name: r, paths: [/r]}]
`,
    );
    const { out, err } = await check([missing], true);
    assert.equal(
      out,
      `Not supported yet:
  1 × plugin grpc-web
  1 × services.protocol: udp
What is not supported and 1 problem keep it from being served. There may be more: not all of it could be looked at.
`,
    );
    assert.equal(
      err,
      "missing.yaml:3:19: environment variable 'DECK_HOST' is not set\nmissing.yaml: 1 problem\n" +
        'missing.yaml: not all of it could be looked at; there may be more problems\n',
    );
  });

  it('never says of what it has not looked at that nothing is unsupported', async () => {
    const [unset, broken] = [
      file('unset.yaml', '_format_version: "3.0"\n_comment: ${{ env "DECK_NONE" }}\n'),
      file('broken.yaml', '_format_version: "3.0"\nservices: [\n'),
    ];
    for (const path of [unset, broken, join(folder, 'none.yaml')]) {
      assert.equal(
        (await check([path], true)).out,
        '1 problem keeps it from being served, and not all of it could be looked at, so it may use what is not supported.\n',
      );
    }
  });

  it('says when there is nothing to report', async () => {
    assert.deepEqual(await check([good], true), {
      status: 0,
      out: 'good.yaml: ok, 2 services, 1 consumer\nNothing here is unsupported.\n',
      err: '',
    });
  });
});

describe('sluice check --for-store', () => {
  const stored = file(
    'stored.yaml',
    `_format_version: "3.0"
services: [{name: s, protocol: udp, host: s.test}]
vaults: [{name: env, prefix: mine}]
`,
  );

  it('warns of passwords that nobody can have, as a start and an import do', async () => {
    const dumped = file(
      'dumped.yaml',
      `_format_version: "3.0"
consumers:
- {username: ada, basicauth_credentials: [{username: ada, password: ${'5f'.repeat(20)}}]}
`,
    );
    for (const forStore of [false, true]) {
      const { status, err } = await check([dumped], false, forStore);
      assert.equal(status, 0);
      assert.match(
        err,
        /warning: without `_transform: false` .* consumer 'ada' has one that looks/,
      );
    }
  });

  it('takes what a store takes, with the warnings of an import', async () => {
    const { status, out, err } = await check([stored], false, true);
    assert.equal(status, 0);
    assert.match(out, /^stored\.yaml: ok, 1 vault, 1 service\n$/);
    assert.match(err, /warning: services\.protocol: udp .* service 's' answers 503\n/);
    assert.match(err, /warning: vault entities are not used by Sluice yet/);
  });

  it('is named where only that is missing', async () => {
    assert.match(
      (await check([stored])).err,
      /\nWhat is not supported may be kept in a store, .*: sluice check --for-store says/,
    );
    assert.doesNotMatch((await check([bad])).err, /for-store/);
    assert.doesNotMatch((await check([ahead])).err, /for-store/);
  });

  it('refuses plugins that would have to run and cannot', async () => {
    const unserved = file(
      'grpc-web.yaml',
      '_format_version: "3.0"\nplugins: [{name: grpc-web}]\nroutes: [{name: r, paths: [/]}]\n',
    );
    const { status, err } = await check([unserved], false, true);
    assert.equal(status, 1);
    assert.match(
      err,
      /^grpc-web\.yaml:2:18: plugin 'grpc-web' is one of Kong's that Sluice does not run yet \(with --allow-unsupported-plugins it is stored without effect\)\n/,
    );
    assert.match(
      (await check([unserved], true, true)).out,
      /1 × plugin grpc-web\nWhat is not supported keeps it from being stored\.\n/,
    );
  });
});
