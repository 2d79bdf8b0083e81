import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { UnservableChange } from '../../../control/configuration.ts';
import { createJudgement } from '../../../control/trial/create-judgement.ts';
import { FixedApi } from '../testing/fixed-api.ts';

const yaml = 'application/yaml';

function services(...hosts: readonly string[]): string {
  const items = hosts.map((host) => `- {name: ${host}, host: ${host}.test}\n`);
  return `_format_version: "3.0"\nservices:\n${items.join('')}`;
}

function withPassword(password: string): object {
  const basicauth_credentials = [{ username: 'u', password }];
  return { _format_version: '3.0', consumers: [{ username: 'c', basicauth_credentials }] };
}

describe('POST /config', () => {
  let api: FixedApi;

  beforeEach(async () => {
    api = await FixedApi.open({ mode: 'file' });
  });
  afterEach(() => api.close());

  it('serves a document in place of what was served, and answers with its entities', async () => {
    await api.call('POST', '/config', services('old'), yaml);
    const { status, body, headers } = await api.call('POST', '/config', services('a', 'b'), yaml);
    assert.equal(status, 201);
    const hosts = Object.values(body.services as object).map((one: { host: string }) => one.host);
    assert.deepEqual(hosts, ['a.test', 'b.test']);
    const { current } = api.parts.live;
    assert.deepEqual(
      [...current.tables.services.values()].map(({ name }) => name),
      ['a', 'b'],
    );
    assert.equal(headers.get('x-sluice-revision'), String(current.revision));
  });

  it('answers without what Kong does not have, unless it was asked for', async () => {
    const plugins = ['a', 'b'].map((id) => ({
      name: 'standard-webhooks',
      instance_name: id,
      config: { secret_v1: 'secret', ...(id === 'b' && { max_body_size: 5 }) },
    }));
    const routes = plugins.map((plugin) => ({
      name: plugin.instance_name,
      paths: ['/'],
      plugins: [plugin],
    }));
    const document = { _format_version: '3.0', services: [{ host: 'h', routes }] };
    const { body } = await api.call('POST', '/config', document);
    const configs = Object.values(body.plugins as Record<string, { config: object }>);
    assert.deepEqual(
      configs.map(({ config }) => config),
      [
        { secret_v1: 'secret', tolerance_second: 300 },
        { secret_v1: 'secret', tolerance_second: 300, max_body_size: 5 },
      ],
    );
  });

  it('takes JSON, and a text in the field config of JSON or a form', async () => {
    const document = { _format_version: '3.0', consumers: [{ username: 'c' }] };
    const form = new URLSearchParams({ config: JSON.stringify(document) }).toString();
    for (const [body, type] of [
      [document, 'application/json'],
      [{ config: JSON.stringify(document) }, 'application/json'],
      [form, 'application/x-www-form-urlencoded'],
    ] as const) {
      const reply = await api.call('POST', '/config', body, type);
      assert.equal(reply.status, 201, reply.text);
      assert.deepEqual(Object.keys(reply.body), ['consumers']);
    }
  });

  it('does nothing when check_hash finds the YAML that was sent last', async () => {
    await api.call('POST', '/config', services('a'), yaml);
    const { revision } = api.parts.live.current;
    for (const on of ['1', 'true']) {
      const same = await api.call('POST', `/config?check_hash=${on}`, services('a'), yaml);
      assert.deepEqual([same.status, api.parts.live.current.revision], [304, revision]);
    }
    const other = await api.call('POST', '/config?check_hash=1', services('b'), yaml);
    assert.equal(other.status, 201);
  });

  it('refuses a bad document as a tree, and keeps what is served', async () => {
    await api.call('POST', '/config', services('a'), yaml);
    const bad = {
      _format_version: '3.0',
      services: [{ name: 'ok', host: 'x.test' }, { port: 'z' }],
    };
    const { status, body } = await api.call('POST', '/config', bad);
    assert.equal(status, 400);
    assert.deepEqual(body, {
      code: 14,
      name: 'invalid declarative configuration',
      message:
        'declarative config is invalid: {services={[2]={host="required field missing",port="expected an integer"}}}',
      fields: {
        services: [null, { host: 'required field missing', port: 'expected an integer' }],
      },
    });
    assert.equal(api.parts.live.current.tables.services.size, 1);
  });

  it('tells what is wrong entity by entity with flatten_errors', async () => {
    const id = '00000000-0000-4000-8000-000000000001';
    const bad = {
      _format_version: '3.0',
      services: [
        { id, name: 's', host: 'x.test', routes: [{ name: 'r', paths: ['/', 'x'], tags: ['t'] }] },
      ],
    };
    const { body } = await api.call('POST', '/config?flatten_errors=1', bad);
    assert.deepEqual(body.fields, {});
    assert.deepEqual(body.flattened_errors, [
      {
        entity_type: 'route',
        entity_name: 'r',
        entity_tags: ['t'],
        entity: { name: 'r', paths: ['/', 'x'], tags: ['t'], service: { id } },
        errors: [
          {
            type: 'field',
            field: 'paths.2',
            message: 'should start with: / (fixed path) or ~/ (regex path)',
          },
        ],
      },
    ]);
  });

  it('tells of what is repeated with the ids that it would have', async () => {
    const upstream = '00000000-0000-4000-8000-000000000002';
    const targets = [{ target: 'a.test:80' }, { target: 'a.test:80' }];
    const { body } = await api.call('POST', '/config?flatten_errors=1', {
      _format_version: '3.0',
      upstreams: [{ id: upstream, name: 'u', targets }],
    });
    const [error] = body.flattened_errors as { entity: { id: string }; errors: object[] }[];
    const id = error?.entity.id;
    assert.deepEqual(error, {
      entity_type: 'target',
      entity_id: id,
      entity: { target: 'a.test:80', id, upstream: { id: upstream } },
      errors: [
        {
          type: 'entity',
          message: `uniqueness violation: 'targets' entity with primary key set to '${id}' already declared`,
        },
      ],
    });
  });

  it('has an empty object in place of no flattened errors, as Kong', async () => {
    const { body } = await api.call('POST', '/config?flatten_errors=1', { services: [] });
    assert.deepEqual(body.flattened_errors, {});
    assert.deepEqual(body.fields, { _format_version: 'required field missing' });
  });

  it('says that nobody puts variables in here, whether that is a mistake or not', async () => {
    const hint =
      /\$\{\{ env "DECK_…" \}\} stands for itself here.*deck file render --populate-env-vars/;
    const text = services('a').replace('a.test', '${{ env "DECK_HOST" }}');
    for (const query of ['', '?flatten_errors=1', '?dry_run=1']) {
      const { status, headers } = await api.call('POST', `/config${query}`, text, yaml);
      assert.equal(status, 400);
      assert.match(hintIn(headers), hint);
    }
    const { headers } = await api.call('POST', '/config', services('a b'), yaml);
    assert.equal(hintIn(headers), '');
    const key = `_format_version: "3.0"\nconsumers: [{username: c, keyauth_credentials: [{key: '\${{ env "DECK_KEY" }}'}]}]\n`;
    const kept = await api.call('POST', '/config', key, yaml);
    assert.equal(kept.status, 201);
    assert.match(told(kept.headers.get('x-sluice-warning')), hint);
  });

  it('warns of what would have no effect', async () => {
    const text = `${services('a')}vaults: [{name: env, prefix: own}]\n`;
    for (const [query, status] of [
      ['?dry_run=1', 200],
      ['', 201],
    ] as const) {
      const reply = await api.call('POST', `/config${query}`, text, yaml);
      assert.equal(reply.status, status);
      assert.match(
        reply.headers.get('x-sluice-warning') ?? '',
        /^"vault entities are not used by Sluice yet: .* is kept without effect"$/,
      );
    }
  });

  it('takes nothing that a node could not be started with, and says all of it at once', async () => {
    await api.call('POST', '/config', services('old'), yaml);
    const document = {
      _format_version: '3.0',
      services: [{ name: 'datagrams', protocol: 'udp', host: 'h' }, { name: 'bad' }],
    };
    for (const query of ['', '?dry_run=1']) {
      const { status, body } = await api.call('POST', `/config${query}`, document);
      assert.equal(status, 400);
      const [datagrams, bad] = (body.fields as { services: { protocol?: string; host?: string }[] })
        .services;
      assert.match(datagrams?.protocol ?? '', /'udp' is not supported by Sluice yet/);
      assert.equal(bad?.host, 'required field missing');
    }
    assert.equal([...api.parts.live.current.tables.services.values()][0]?.name, 'old');
  });

  it('only tells what would change with dry_run', async () => {
    await api.call('POST', '/config', services('a', 'b'), yaml);
    const { revision } = api.parts.live.current;
    const changed = services('a', 'c').replace('a.test', 'other.test');
    const { status, body, headers } = await api.call('POST', '/config?dry_run=1', changed, yaml);
    assert.deepEqual([status, headers.get('x-sluice-dry-run')], [200, '1']);
    const changes = body.changes as { change: string; after: { name: string } | null }[];
    assert.deepEqual(
      changes.map(({ change, after }) => [change, after?.name]),
      [
        ['update', 'a'],
        ['create', 'c'],
        ['delete', undefined],
      ],
    );
    assert.equal(api.parts.live.current.revision, revision);
  });

  it('keeps passwords as hashes, and hashes the same one once', async () => {
    const document = withPassword('secret');
    const hashes = [];
    for (let n = 0; n < 2; n += 1) {
      await api.call('POST', '/config', document);
      const [credential] = api.parts.live.current.tables.basicauth_credentials.values();
      hashes.push(credential?.password);
    }
    assert.match(hashes[0] ?? '', /^\$sha256\$/);
    assert.equal(hashes[0], hashes[1]);
  });

  it('finds with dry_run that a password is the one that is kept as a hash', async () => {
    await api.call('POST', '/config', withPassword('secret'));
    const { body } = await api.call('POST', '/config?dry_run=1', withPassword('secret'));
    assert.deepEqual(body.changes, []);
    const other = await api.call('POST', '/config?dry_run=1', withPassword('other'));
    const [change] = other.body.changes as { fields: string[] }[];
    assert.deepEqual(change?.fields, ['password']);
    assert.doesNotMatch(other.text, /other/);
  });

  it('is read back by GET as the same configuration', async () => {
    await api.call('POST', '/config', services('a', 'b'), yaml);
    const { hash } = api.parts.live.current;
    const { body } = await api.call('GET', '/config');
    await api.call('POST', '/config', { config: body.config });
    assert.equal(api.parts.live.current.hash, hash);
  });
});

describe('/config with a store', () => {
  it('is not there, as in Kong', async () => {
    const api = await FixedApi.open();
    try {
      for (const method of ['GET', 'POST']) {
        const body = method === 'POST' ? { _format_version: '3.0' } : undefined;
        const reply = await api.call(method, '/config', body);
        assert.equal(reply.status, 400);
        assert.match(String(reply.body.message), /configured to not use a database/);
      }
    } finally {
      await api.close();
    }
  });

  it('compares a document with the store by what entities are called', async () => {
    const api = await FixedApi.open();
    try {
      await api.call('POST', '/services', { name: 'a', host: 'a.test' });
      await api.call('POST', '/services/a/routes', { name: 'r', paths: ['/r'] });
      const document = {
        _format_version: '3.0',
        services: [{ name: 'a', host: 'a.test', routes: [{ name: 'r', paths: ['/other'] }] }],
      };
      const { body } = await api.call('POST', '/config?dry_run=1', document);
      const changes = body.changes as { entity: string; change: string }[];
      assert.deepEqual(
        changes.map(({ entity, change }) => [entity, change]),
        [['routes', 'update']],
      );
      const { body: kept } = await api.call('GET', '/routes/r');
      assert.deepEqual(kept.paths, ['/r']);
    } finally {
      await api.close();
    }
  });

  it('finds that a password is the one that is stored as a hash', async () => {
    const api = await FixedApi.open();
    try {
      await api.call('POST', '/consumers', { username: 'c' });
      const credential = { username: 'u', password: 'secret' };
      await api.call('POST', '/consumers/c/basic-auth', credential);
      const { body } = await api.call('POST', '/config?dry_run=1', withPassword('secret'));
      assert.deepEqual(body.changes, []);
    } finally {
      await api.close();
    }
  });

  it('names a plugin that cannot run by its place in the document, with all else that is wrong', async () => {
    const judgement = createJudgement(false);
    const api: FixedApi = await FixedApi.open({
      mode: 'file',
      allowUnsupportedPlugins: false,
      judge: (changes) => judgement.judge(api.parts.live.current, changes),
    });
    try {
      const plugins = [{ name: 'grpc-web', tags: ['t'] }];
      const good = { name: 's', host: 'h', routes: [{ name: 'r', paths: ['/'] }], plugins };
      const more = [
        { good: true, services: [good] },
        { good: false, services: [good, { name: 'bad' }] },
      ];
      for (const { good: isGood, services } of more) {
        const document = { _format_version: '3.0', services };
        for (const query of ['', '&dry_run=1']) {
          const tree = await api.call('POST', `/config?x=1${query}`, document);
          assert.equal(tree.status, 400);
          const [service, other] = (tree.body.fields as { services: object[] }).services;
          assert.match(
            JSON.stringify(service),
            /^\{"plugins":\[\{.*plugin 'grpc-web' is one of Kong's/,
          );
          assert.equal(other !== undefined, !isGood);
          const flat = await api.call('POST', `/config?flatten_errors=1${query}`, document);
          const found = flat.body.flattened_errors as { entity_type: string; entity: object }[];
          assert.deepEqual(flat.body.fields, {});
          const [plugin] = found.filter(({ entity_type: type }) => type === 'plugin');
          assert.equal((plugin?.entity as { name?: string }).name, 'grpc-web');
          assert.equal(found.length, isGood ? 1 : 2);
        }
      }
    } finally {
      await api.close();
    }
  });

  it('says which names may be meant', async () => {
    const api = await FixedApi.open({ mode: 'file' });
    try {
      const services = [{ name: 's', host: 'h', retires: 1 }];
      const document = JSON.stringify({ _format_version: '3.0', services });
      const { headers } = await api.call('POST', '/config', document);
      assert.match(
        hintIn(headers),
        /^"config.json:1:\d+: .*'retires' \(did you mean 'retries'\?\)"$/,
      );
    } finally {
      await api.close();
    }
  });

  it('says why a document cannot be served', async () => {
    const problem = { table: 'plugins', id: 'x', field: 'config.a', message: 'cannot run' };
    const api = await FixedApi.open({
      judge: () => Promise.reject(new UnservableChange([problem])),
    });
    try {
      const { status, body } = await api.call('POST', '/config?dry_run=1', {
        _format_version: '3.0',
      });
      assert.equal(status, 400);
      assert.deepEqual(body.fields, { plugins: { x: { config: { a: 'cannot run' } } } });
    } finally {
      await api.close();
    }
  });
});

function hintIn(headers: Headers): string {
  return told(headers.get('x-sluice-hint'));
}

/** What stands in a header that is a string, or a list of them. */
function told(value: string | null): string {
  return decodeURIComponent(value ?? '').replaceAll('\\', '');
}
