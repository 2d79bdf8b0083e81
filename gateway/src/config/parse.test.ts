import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { entitiesOf, problemsOf } from './testing/parsed.ts';

const nested = `
_format_version: "3.0"
services:
- name: orders
  url: http://orders.test:8080/v1
  routes:
  - name: list
    paths: [/orders]
    plugins:
    - name: key-auth
  plugins:
  - name: rate-limiting
    config: {minute: 5}
consumers:
- username: alice
  keyauth_credentials: [{key: k}]
  acls: [{group: gold}, {group: silver}]
upstreams:
- name: up
  targets: [{target: "10.0.0.1:80"}]
`;

const flat = `
_format_version: "3.0"
services: [{name: orders, host: orders.test, port: 8080, path: /v1}]
routes: [{name: list, paths: [/orders], service: orders}]
plugins:
- {name: key-auth, route: list}
- {name: rate-limiting, service: {name: orders}, config: {minute: 5}}
consumers: [{username: alice}]
keyauth_credentials: [{key: k, consumer: alice}]
acls: [{group: gold, consumer: alice}, {group: silver, consumer: {username: alice}}]
upstreams: [{name: up}]
targets: [{target: "10.0.0.1:80", upstream: up}]
`;

/** Entities without what says when and how they were made. */
function content(text: string): unknown {
  return Object.values(entitiesOf(text)).map((table) =>
    [...table.values()]
      .map((entity) => ({ ...entity, id: '', created_at: 0, updated_at: 0 }))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  );
}

describe('A service that trusts authorities', () => {
  it('may only name those that are in the file', () => {
    const missing = '00000000-0000-4000-8000-000000000001';
    const services = `services: [{name: s, url: "https://a.test", ca_certificates: ["${missing}"]}]`;
    assert.deepEqual(problemsOf(`_format_version: "3.0"\n${services}\n`), [
      `2:62: service 's': invalid reference 'ca_certificates: ${missing}' (no such entry in 'ca_certificates')`,
    ]);
  });
});

describe('What is wrong with a field', () => {
  it('is told with what to do about it, where Kong does not', () => {
    const text = `_format_version: "3.0"
services: [{name: s, host: h, tls_verify: true}]
routes: [{name: r, protocols: [tcp], snis: [a.test]}]
certificates: [{cert: /etc/tls/a.crt, key: secret}]
`;
    const told = problemsOf(text).join('\n');
    assert.match(
      told,
      /tls_verify: value must be null \(only where 'protocol' is 'https', 'tls' or 'grpcs'\)/,
    );
    assert.match(
      told,
      /snis: length must be 0 \(only where 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'\)/,
    );
    assert.match(
      told,
      /cert: invalid .* \(this is the path of a file: put what is in the file here\)/,
    );
    assert.match(told, /key: invalid .* \(PEM begins with '-----BEGIN'\)/);
  });
});

describe('A boolean', () => {
  it('is written true or false, as is said of what YAML 1.1 has for it', () => {
    const body =
      '- {host: a, enabled: yes}\n- {host: b, enabled: Off}\n- {host: c, enabled: "true"}';
    assert.deepEqual(problemsOf(`_format_version: "3.0"\n_transform: no\nservices:\n${body}\n`), [
      "2:13: _transform: expected a boolean (write false: 'no' is a text here)",
      "4:22: service: enabled: expected a boolean (write true: 'yes' is a text here)",
      "5:22: service: enabled: expected a boolean (write false: 'Off' is a text here)",
      '6:22: service: enabled: expected a boolean (write true without quotes)',
    ]);
  });
});

describe('parseDeclarative', () => {
  it('reads nested and flat documents alike', () => {
    assert.deepEqual(content(nested), content(flat));
  });

  it('reads JSON and YAML alike', () => {
    const document = {
      _format_version: '3.0',
      services: [{ name: 's', host: 'h', routes: [{ paths: ['/x'], headers: { a: ['b'] } }] }],
    };
    const json = JSON.stringify(document);
    const yaml =
      '_format_version: "3.0"\nservices:\n- name: s\n  host: h\n  routes:\n  - paths: [/x]\n    headers: {a: [b]}\n';
    assert.deepEqual(content(json), content(yaml));
  });

  it('resolves references by id', () => {
    const id = 'aaaaaaaa-0000-4000-8000-00000000000A';
    const { routes } = entitiesOf(`
_format_version: "3.0"
routes: [{paths: [/a], service: ${id}}, {paths: [/b], service: {id: ${id.toLowerCase()}}}]
services: [{id: ${id}, host: h}]
`);
    assert.deepEqual(
      [...routes.values()].map(({ service }) => service),
      [{ id: id.toLowerCase() }, { id: id.toLowerCase() }],
    );
  });

  it('fills in the defaults of plugins', () => {
    const { plugins } = entitiesOf('_format_version: "3.0"\nplugins: [{name: key-auth}]\n');
    const [plugin] = plugins.values();
    assert.deepEqual(plugin?.config.key_names, ['apikey']);
    assert.deepEqual(plugin?.protocols, ['grpc', 'grpcs', 'http', 'https']);
  });

  it('leaves comments out', () => {
    const { services } = entitiesOf(`
_format_version: "3.0"
_comment: hello
_ignore: [{anything: &port 81}]
services: [{name: s, host: h, port: *port, _comment: x, _ignore: [1]}]
`);
    assert.deepEqual(
      [...services.values()].map(({ name, port }) => [name, port]),
      [['s', 81]],
    );
  });

  it('marks regular expressions in paths of formats before 3.0', () => {
    for (const [version, expected] of [
      ['1.1', '~/users/\\d+'],
      ['3.0', '/users/\\d+'],
    ]) {
      const { routes } = entitiesOf(
        `_format_version: "${version}"\nroutes: [{paths: [/plain-1, '/users/\\d+']}]\n`,
      );
      const [route] = routes.values();
      assert.deepEqual(route?.paths, ['/plain-1', expected]);
    }
  });

  it('accepts what dumps contain of features that are not there, while it is unused', () => {
    const problems = problemsOf(`
_format_version: "3.0"
_workspace: default
consumer_groups: []
filter_chains: []
certificates: []
services:
- {name: s, host: h, client_certificate: null, tls_verify: null, ca_certificates: null}
routes:
- {name: r, service: s, paths: [/x], path_handling: v1, sources: null, snis: null}
upstreams:
- name: u
  algorithm: round-robin
  hash_on: none
  hash_fallback: none
  slots: 100
  healthchecks:
    active: {type: http, timeout: 1, healthy: {interval: 0}}
    threshold: 0
`);
    assert.deepEqual(problems, []);
  });
});

describe('problems of a document', () => {
  it('come all at once, each with its place and the nearest right name', () => {
    const problems = problemsOf(`_format_version: "3.0"
services:
- name: orders
  host: h
  retires: 5
  routes:
  - name: list
    paths: [/a, b]
    plugins:
    - name: rate-limitng
plugins:
- name: key-auth
  service: ordres
serviecs: []
`);
    assert.deepEqual(problems, [
      "5:3: service 'orders': unknown field 'retires' (did you mean 'retries'?)",
      "8:17: route 'list': paths.2: should start with: / (fixed path) or ~/ (regex path)",
      "10:13: route 'list': there is no plugin 'rate-limitng' (did you mean 'rate-limiting'?)",
      "13:12: plugin 'key-auth': invalid reference 'service: ordres' (no such entry in 'services') (did you mean 'orders'?)",
      "14:1: unknown field 'serviecs' (did you mean 'services'?)",
    ]);
  });

  it('have the same places in JSON', () => {
    const json =
      '{\n  "_format_version": "3.0",\n  "services": [\n    {"host": "h", "port": "x"}\n  ]\n}';
    assert.deepEqual(problemsOf(json, {}, 'a.json'), ['4:27: service: port: expected an integer']);
  });

  it('say how to write the format version', () => {
    const help = 'write _format_version: "3.0"';
    assert.deepEqual(problemsOf('services: []\n'), [
      `1:1: _format_version: required field missing (${help})`,
    ]);
    assert.deepEqual(problemsOf('_format_version: 3.0\n'), [
      `1:18: _format_version: expected a string (${help}, in quotes)`,
    ]);
    assert.deepEqual(problemsOf('_format_version: "9.9"\n'), [
      '1:18: _format_version: expected one of: 1.1, 2.1, 3.0',
    ]);
  });

  it('include files that hold no document', () => {
    assert.deepEqual(problemsOf(''), [
      '1:1: expected a declarative configuration, but the file is empty',
    ]);
    assert.deepEqual(problemsOf('just text'), [
      '1:1: expected a declarative configuration, but the file holds something else',
    ]);
  });

  it('include lists and entities of the wrong type', () => {
    const problems = problemsOf('_format_version: "3.0"\nservices: {name: x}\nroutes: [5]\n');
    assert.deepEqual(problems, [
      '2:11: services: expected an array',
      '3:10: routes.1: expected a record',
    ]);
  });

  it('include what is declared twice, with the line of the first', () => {
    const problems = problemsOf(`_format_version: "3.0"
services:
- {name: s, host: h}
- {name: s, host: i}
plugins:
- {name: key-auth}
- {name: key-auth, config: {hide_credentials: true}}
consumers:
- {username: a, custom_id: c, acls: [{group: g}, {group: g}]}
- {username: b, custom_id: c}
routes:
- {id: aaaaaaaa-0000-4000-8000-000000000001, paths: [/a]}
- {id: aaaaaaaa-0000-4000-8000-000000000001, paths: [/b]}
`);
    const twice = (table: string, what: string, line: number): string =>
      `uniqueness violation: '${table}' entity with ${what} already declared (line ${line})`;
    assert.deepEqual(problems, [
      `4:10: service 's': ${twice('services', "name set to 's'", 3)}`,
      `7:3: plugin 'key-auth': ${twice('plugins', 'the same name, route, service, consumer', 6)}`,
      `9:50: acl group 'g' of consumer 'a': ${twice('acls', 'the same consumer, group', 9)}`,
      `10:28: consumer 'b': ${twice('consumers', "custom_id set to 'c'", 9)}`,
      `13:8: route 'aaaaaaaa-0000-4000-8000-000000000001': ${twice('routes', "id set to 'aaaaaaaa-0000-4000-8000-000000000001'", 12)}`,
    ]);
  });

  it('never show a key', () => {
    const problems = problemsOf(`_format_version: "3.0"
consumers:
- {username: a, keyauth_credentials: [{key: s3cret}, {key: s3cret}, {key: s3cret, bad: 1}]}
`).join('\n');
    assert.match(problems, /the same key already declared/);
    assert.doesNotMatch(problems, /s3cret/);
  });

  it('include a parent named inside of another one', () => {
    const problems = problemsOf(`_format_version: "3.0"
services:
- {name: s, host: h, routes: [{name: r, paths: [/x], service: other}]}
`);
    assert.deepEqual(problems, [
      "3:63: route 'r': service: value must be null, since the entity around it is meant",
    ]);
  });
});
