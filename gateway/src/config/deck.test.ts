import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { entitiesOf, problemsOf } from './testing/parsed.ts';

describe('what decK adds to a file', () => {
  it('tags every entity', () => {
    const { services, routes } = entitiesOf(`
_format_version: "3.0"
_info: {select_tags: [team-a, x]}
services: [{name: s, host: h, tags: [own, x], routes: [{paths: [/a]}]}]
`);
    assert.deepEqual([...services.values()][0]?.tags, ['own', 'x', 'team-a']);
    assert.deepEqual([...routes.values()][0]?.tags, ['team-a', 'x']);
  });

  it('fills in its defaults', () => {
    const { services, upstreams } = entitiesOf(`
_format_version: "3.0"
_info:
  defaults:
    service: {retries: 1, read_timeout: 100}
    upstream: {healthchecks: {threshold: 0}}
services: [{name: s, host: h, retries: 2}]
upstreams: [{name: u, healthchecks: {active: {type: http}}}]
`);
    const [service] = services.values();
    assert.deepEqual([service?.retries, service?.read_timeout], [2, 100]);
    assert.equal(upstreams.size, 1);
  });

  it('shares configurations between plugins', () => {
    const { plugins } = entitiesOf(`
_format_version: "3.0"
_plugin_configs: {limits: {minute: 5, error_code: 420}}
plugins: [{name: rate-limiting, _config: limits, config: {error_code: 430}}]
`);
    const [plugin] = plugins.values();
    assert.deepEqual([plugin?.config.minute, plugin?.config.error_code], [5, 430]);
  });

  it('has no defaults under names that objects have by themselves', () => {
    const info =
      '{"defaults": {"constructor": {}, "__proto__": {}, "service": {"__proto__": {"port": 81}}}}';
    const problems = problemsOf(
      `{"_format_version": "3.0", "_info": ${info}, "services": [{"name": "s", "host": "h"}]}`,
    );
    assert.deepEqual(
      problems.map((problem) => problem.replace(/^[\d:]+ /, '')),
      [
        '_info.defaults.constructor: unknown field',
        '_info.defaults.__proto__: unknown field',
        "service 's': unknown field '__proto__'",
      ],
    );
  });

  it('is refused where it says what cannot be done', () => {
    const problems = problemsOf(`_format_version: "3.0"
_info: {select_tags: x, default_lookup_tags: {services: [a]}, more: 1}
_workspace: other
plugins: [{name: key-auth, _config: nope}]
`);
    assert.deepEqual(problems, [
      '2:22: _info.select_tags: expected a list of strings',
      '2:46: _info.default_lookup_tags: refers to entities outside of this file, which Sluice does not support yet',
      '2:69: _info.more: unknown field',
      '3:13: _workspace: workspaces belong to Kong Enterprise',
      "4:37: plugin 'key-auth': _config: no such entry in _plugin_configs",
    ]);
  });
});

describe('environment variables', () => {
  const env = { DECK_HOST: 'h.test', DECK_PORT: '81', OTHER: 'x' };

  it('are put in before the file is read', () => {
    const { services } = entitiesOf(
      '_format_version: "3.0"\nservices: [{host: ${{ env "DECK_HOST" }}, port: ${{ env "DECK_PORT" | toInt }}}]\n',
      env,
    );
    const [service] = services.values();
    assert.deepEqual([service?.host, service?.port], ['h.test', 81]);
  });

  it('are refused when they are not set, or not meant for files', () => {
    const text = '_format_version: "3.0"\n_comment: ${{ env "OTHER" }} ${{ env "DECK_NONE" }}\n';
    assert.deepEqual(problemsOf(text, env), [
      "2:11: environment variable 'OTHER': its name must start with DECK_",
      "2:30: environment variable 'DECK_NONE' is not set",
    ]);
  });

  it('that are not set hide nothing that does not depend on them', () => {
    const text = `_format_version: "3.0"
_info: {select_tags: x}
services:
- name: "\${{ env "DECK_A" }}"
  port: \${{ env "DECK_PORTS" | toInt }}
  protocol: udp
  host: "a b"
- url: \${{ env "DECK_B" }}
routes:
- {name: r, paths: [/r], service: given-by-a-variable}
plugins:
- name: grpc-web
  config: {pass_stripped_path: \${{ env "DECK_C" }}}
`;
    assert.deepEqual(problemsOf(text, env), [
      '2:22: _info.select_tags: expected a list of strings',
      `4:10: environment variable 'DECK_A' is not set`,
      `5:9: environment variable 'DECK_PORTS' is not set`,
      '6:13: service \'DECK_A\': protocol: \'udp\' is not supported by Sluice yet (supported: "http", "https", "grpc", "grpcs", "tcp", "tls", "tls_passthrough")',
      "7:9: service 'DECK_A': host: invalid value: a b",
      `8:8: environment variable 'DECK_B' is not set`,
      "12:9: plugin 'grpc-web' is one of Kong's that Sluice does not run yet",
      `13:32: environment variable 'DECK_C' is not set`,
    ]);
  });

  it('do not move the places of problems', () => {
    const text = '_format_version: "3.0"\nroutes: [{name: ${{ env "DECK_HOST" }}, x: 1}]\n';
    assert.deepEqual(problemsOf(text, { DECK_HOST: '"a"' }), [
      "2:10: route 'a': must set one of 'methods', 'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'https'",
      "2:41: route 'a': unknown field 'x'",
    ]);
  });

  it('are refused when written in a way that decK does not know', () => {
    const text = `_format_version: "3.0"\n_comment: \${{ env 'DECK_HOST' }}\n`;
    assert.deepEqual(problemsOf(text, env), ['2:11: expected ${{ env "DECK_…" }} behind ${{']);
  });

  it('do not show what they hold', () => {
    const keys = (key: string): string[] =>
      problemsOf(
        '_format_version: "3.0"\nconsumers: [{username: u, keyauth_credentials: [{key: x}]}]\n' +
          'services: [{name: s, host: ${{ env "DECK_KEY" }}}]\n',
        { DECK_KEY: key },
      );
    assert.deepEqual(keys('hush hush'), ["3:28: service 's': host: invalid value: $DECK_KEY"]);
    assert.deepEqual(keys('*hush-hush'), [
      '3:28: what DECK_KEY holds cannot stand here without quotes',
    ]);
  });
});
