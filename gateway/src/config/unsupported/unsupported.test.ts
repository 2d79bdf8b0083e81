import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { knownPlugins } from '../../plugins/known.ts';
import { parseDeclarative } from '../parse.ts';
import { problemsOf } from '../testing/parsed.ts';

function problemsIn(body: string): string[] {
  return problemsOf(`_format_version: "3.0"\n${body}\n`);
}

/** Something that plugins take effect on. */
const route = '\nroutes: [{name: r, paths: [/]}]';

describe("plugins of Kong's that do not run here", () => {
  const refused = "plugin 'grpc-web' is one of Kong's that Sluice does not run yet";

  function refusedIn(body: string, options: object = {}): boolean {
    const text = `_format_version: "3.0"\n${body}\n`;
    const result = parseDeclarative(text, 'kong.yaml', { plugins: knownPlugins, ...options });
    if (result.ok) return false;
    assert.deepEqual(
      result.problems.map(({ message }) => message),
      [refused],
    );
    return true;
  }

  it('are refused where they would have to run', () => {
    assert.ok(refusedIn(`plugins: [{name: grpc-web}]${route}`));
    assert.ok(refusedIn('routes: [{name: r, paths: [/], plugins: [{name: grpc-web}]}]'));
    assert.ok(
      refusedIn(
        'services: [{name: s, host: h, plugins: [{name: grpc-web}], routes: [{paths: [/]}]}]',
      ),
    );
  });

  it('are no mistake where they have no effect in Kong either', () => {
    for (const body of [
      'plugins: [{name: grpc-web}]',
      `plugins: [{name: grpc-web, enabled: false}]${route}`,
      `plugins: [{name: grpc-web, protocols: [grpc]}]${route}`,
      `services: [{name: s, host: h, plugins: [{name: grpc-web}]}]${route}`,
      'services: [{name: s, host: h, enabled: false, plugins: [{name: grpc-web}], routes: [{paths: [/]}]}]',
    ]) {
      assert.equal(refusedIn(body), false, body);
    }
  });

  it('are kept without effect when that is allowed', () => {
    const body = `plugins: [{name: grpc-web}]${route}`;
    assert.equal(refusedIn(body, { allowUnsupportedPlugins: true }), false);
  });

  it('are refused with settings that Kong takes from a database only, too', () => {
    const body = 'plugins: [{name: acme, config: {account_email: a@b.test, storage: kong}}]';
    assert.deepEqual(problemsIn(`${body}${route}`), [
      "2:18: plugin 'acme' is one of Kong's that Sluice does not run yet",
    ]);
  });

  it('are told together with what is wrong with them, or with the route', () => {
    const body = `plugins: [{name: grpc-web, config: {pass_stripped_path: x}}]\nroutes: [{name: r, path: /}]`;
    assert.deepEqual(problemsIn(body), [
      `2:18: ${refused}`,
      "2:57: plugin 'grpc-web': config.pass_stripped_path: expected a boolean",
      "3:20: route 'r': unknown field 'path' (did you mean 'paths'?)",
    ]);
  });

  it('are validated as Kong does, whether they have an effect or not', () => {
    assert.deepEqual(problemsIn('plugins: [{name: grpc-web, config: {pass_stripped_path: x}}]'), [
      "2:57: plugin 'grpc-web': config.pass_stripped_path: expected a boolean",
    ]);
  });
});

describe('what Sluice does not serve yet', () => {
  it('is refused by field, with what is served instead', () => {
    const served = '"http", "https", "grpc", "grpcs", "tcp", "tls", "tls_passthrough"';
    assert.deepEqual(problemsIn('services: [{name: s, url: "udp://h:1"}]'), [
      `2:12: service 's': protocol: 'udp' is not supported by Sluice yet (supported: ${served})`,
    ]);
    assert.deepEqual(problemsIn('routes: [{name: r, protocols: [udp], sources: [{port: 1}]}]'), [
      `2:31: route 'r': protocols: 'udp' is not supported by Sluice yet (supported: ${served})`,
    ]);
  });

  it('is nothing of streams of TCP', () => {
    const route = '{name: r, protocols: [tcp, tls], sources: [{port: 1}], snis: [a.test]}';
    assert.deepEqual(problemsIn(`services: [{name: s, url: "tls://h:1", routes: [${route}]}]`), []);
  });

  it('is named down to the field in nested records', () => {
    const body = 'upstreams: [{name: u, healthchecks: {active: {healthy: {interval: 5}}}}]';
    assert.deepEqual(problemsIn(body), [
      "2:67: upstream 'u': healthchecks.active.healthy.interval: 5 is not supported by Sluice yet (supported: 0)",
    ]);
  });

  it('is no obstacle where it makes no difference', () => {
    const active = '{http_path: /ready, healthy: {successes: 3}, unhealthy: {tcp_failures: 2}}';
    assert.deepEqual(problemsIn(`upstreams: [{name: u, healthchecks: {active: ${active}}}]`), []);
  });

  it('is validated all the same', () => {
    assert.deepEqual(problemsIn('vaults: [{prefix: own}]'), [
      "2:10: vault 'own': name: required field missing",
    ]);
  });

  it('is kept when it is an entity that nothing uses', () => {
    assert.deepEqual(problemsIn('vaults: [{prefix: own, name: env}]'), []);
    assert.deepEqual(problemsIn('key_sets: [{name: k}]'), []);
  });

  it('is kept when it is a credential whose plugin does not run yet', () => {
    const body = 'consumers: [{username: a, oauth2_credentials: [{client_id: u}]}]';
    assert.deepEqual(problemsIn(body), [
      "2:48: oauth2 credential 'u': name: required field missing",
    ]);
    const right = 'consumers: [{username: a, oauth2_credentials: [{client_id: u, name: p}]}]';
    assert.deepEqual(problemsIn(right), []);
  });

  it('is told together with what is wrong beside it, but not on top of it', () => {
    const body =
      'services: [{name: s, url: "udp://h:1", hots: x}]\nupstreams: [{name: u, algorithm: nope, healthchecks: {active: {healthy: {interval: 5}}}}]';
    assert.deepEqual(
      problemsIn(body).map((problem) => problem.replace(/ \(.*/, '')),
      [
        "2:12: service 's': protocol: 'udp' is not supported by Sluice yet",
        "2:40: service 's': unknown field 'hots'",
        "3:34: upstream 'u': algorithm: expected one of: consistent-hashing, least-connections, round-robin, latency",
        "3:84: upstream 'u': healthchecks.active.healthy.interval: 5 is not supported by Sluice yet",
      ],
    );
    const plugin =
      'plugins: [{name: rate-limiting, config: {policy: redis, redis: {host: h}, minute: 1, x: 1}}]';
    assert.equal(problemsIn(plugin).length, 2);
    assert.equal(problemsIn('plugins: [{name: rate-limiting, config: 5}]').length, 1);
  });

  it('includes references to vaults', () => {
    const body =
      'plugins: [{name: rate-limiting, config: {minute: 5, redis: {password: "{vault://env/x}"}}}]';
    assert.deepEqual(problemsIn(`${body}${route}`), [
      "2:71: plugin 'rate-limiting': config.redis.password: references to vaults are not supported by Sluice yet",
    ]);
  });

  it("is told apart from what does not exist, for Kong's plugins", () => {
    assert.deepEqual(problemsIn(`plugins: [{name: grpc-web}, {name: nope}]${route}`), [
      "2:18: plugin 'grpc-web' is one of Kong's that Sluice does not run yet",
      "2:36: there is no plugin 'nope'",
    ]);
  });

  it('includes where the counters of rate limits are kept', () => {
    const body = 'plugins: [{name: rate-limiting, config: {minute: 5, policy: cluster}}]';
    assert.deepEqual(problemsIn(`${body}${route}`), [
      "2:61: plugin 'rate-limiting': config.policy: 'cluster' is not supported by Sluice yet (supported: \"local\", which counts on each node by itself)",
    ]);
  });

  it("names the edition for what only Kong's others have", () => {
    const problems = problemsIn(
      'consumers: [{username: a, groups: [{name: g}]}]\nlicenses: [{payload: x}]\n_konnect: {control_plane_name: c}',
    );
    assert.deepEqual(problems, [
      "2:27: consumer 'a': groups: consumer groups belong to Kong Enterprise",
      '3:1: licenses: licenses belong to Kong Enterprise',
      '4:1: _konnect: is for Konnect control planes; remove it to use the file here',
    ]);
  });
});
