import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isPasswordHash } from '../../entities/password.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { AdminApi, type Answer } from '../testing/admin-api.ts';
import { certificate, key } from '../testing/certificate.ts';

const id = '00000000-0000-4000-8000-000000000001';

describe('rules over several entities', () => {
  let api: AdminApi;

  beforeEach(async () => {
    api = await AdminApi.open();
  });
  afterEach(() => api.close());

  it('let a reference be a name, and say which names lead nowhere', async () => {
    await api.call('PUT', `/services/${id}`, { name: 's', host: 'a.test' });
    const named = { paths: ['/'], service: { name: 's' } };
    const { body } = await api.call('POST', '/routes', named);
    assert.deepEqual((body as { service: unknown }).service, { id });
    const missing = { paths: ['/'], service: { name: 'no' } };
    const problem =
      "the foreign key cannot be resolved with '{name=\"no\"}' for an existing 'services' entity";
    const refused = await api.call('POST', '/routes', missing);
    assert.equal(refused.status, 400);
    assert.deepEqual(refused.body, {
      code: 13,
      name: 'foreign keys unresolved',
      message: `foreign key unresolved (service.name: ${problem})`,
      fields: { service: { name: problem } },
    });
  });

  it('name the plugin that was probably meant, in the form of what Kong says', async () => {
    const { status, body, headers } = await api.call('POST', '/plugins', {
      name: 'rate-limitting',
    });
    assert.equal(status, 400);
    const problem = "plugin 'rate-limitting' not enabled; did you mean 'rate-limiting'?";
    assert.deepEqual(body, {
      code: 2,
      name: 'schema violation',
      message: `schema violation (name: ${problem})`,
      fields: { name: problem },
    });
    assert.equal(
      headers.get('x-sluice-hint'),
      `"there is no plugin 'rate-limitting'; did you mean 'rate-limiting'? (GET /plugins/enabled lists those that there are)"`,
    );
  });

  it('keep what is referred to', async () => {
    await api.call('PUT', `/services/${id}`, { name: 's', host: 'a.test' });
    await api.call('POST', '/services/s/routes', { paths: ['/'] });
    const { status, body } = await api.call('DELETE', '/services/s');
    assert.equal(status, 400);
    assert.deepEqual(body, {
      code: 4,
      name: 'foreign key violation',
      message: "an existing 'routes' entity references this 'services' entity",
      fields: { '@referenced_by': 'routes' },
    });
  });

  it('keep an authority that a service trusts', async () => {
    const made = await api.call('PUT', `/ca_certificates/${id}`, { cert: certificate });
    assert.equal(made.status, 200);
    const service = { name: 's', url: 'https://a.test', ca_certificates: [id] };
    const { body: stored } = await api.call('POST', '/services', service);
    const { status, body } = await api.call('DELETE', `/ca_certificates/${id}`);
    assert.equal(status, 400);
    assert.deepEqual(body, {
      code: 19,
      name: 'referenced by others',
      message: `ca certificate ${id} is still referenced by services (id = ${(stored as { id: string }).id})`,
    });
    await api.call('DELETE', '/services/s');
    assert.equal((await api.call('DELETE', `/ca_certificates/${id}`)).status, 204);
  });

  it('refuse a plugin that would run for no protocol of its route or service', async () => {
    await api.call('POST', '/services', { name: 's', host: 'a.test' });
    const plugin = { name: 'grpc-web', protocols: ['grpc'] };
    assert.equal((await api.call('POST', '/services/s/plugins', plugin)).status, 201);
    await api.call('DELETE', '/plugins/none');
    await api.call('POST', '/services/s/routes', { name: 'r', paths: ['/'] });
    for (const [path, problem] of [
      ['/routes/r/plugins', "must match the associated route's protocols"],
      [
        '/services/s/plugins',
        "must match the protocols of at least one route pointing to this Plugin's service",
      ],
    ] as const) {
      const { status, body } = await api.call('POST', path, { ...plugin, name: 'jwt' });
      assert.equal(status, 400);
      assert.deepEqual((body as { fields: unknown }).fields, { protocols: problem });
    }
  });

  it('say at the first change, not at the entity before, that too little is left', async () => {
    await api.call('POST', '/consumers', { username: 'ann' });
    const { body } = await api.call('PATCH', '/consumers/ann', { username: null });
    const message =
      "when updating, at least one of these fields must be non-empty: 'custom_id', 'username'";
    assert.deepEqual((body as { fields: unknown }).fields, { '@entity': [message] });
  });

  it('store no password but what it hashes to, and a hash as it is', async () => {
    await api.call('POST', '/consumers', { username: 'ann' });
    const path = '/consumers/ann/basic-auth';
    const made = await api.call('POST', path, { username: 'u', password: 'secret' });
    const { password } = made.body as { password: string };
    assert.ok(isPasswordHash(password));
    const tagged = await api.call('PATCH', `${path}/u`, { tags: ['x'] });
    assert.equal((tagged.body as { password: string }).password, password);
    const restored = await api.call('PUT', `${path}/u`, { password });
    assert.equal((restored.body as { password: string }).password, password);
  });

  it('say which field may be meant by one that there is not', async () => {
    const service = await api.call('POST', '/services', { hots: 'h', name: 's', tags: ['a,b'] });
    assert.deepEqual(
      [service.status, hintOf(service)],
      [
        400,
        'there is no field \'hots\'; did you mean \'host\'? several tags are ["x", "y"] in JSON, tags[]=x&tags[]=y in a form',
      ],
    );
    const config = { minuet: 5 };
    const plugin = await api.call('POST', '/plugins', { name: 'rate-limiting', config });
    const { fields } = plugin.body as { fields: { config: object } };
    assert.equal(
      hintOf(plugin),
      "there is no field 'config.minuet'; did you mean 'config.minute'?",
    );
    assert.deepEqual((fields.config as { minuet?: string }).minuet, 'unknown field');
    const far = await api.call('POST', '/services', { host: 'h', colour: 'red' });
    assert.equal(hintOf(far), undefined);
  });

  it('say of a plugin that there is not what comes closest, where there is such', async () => {
    const messageOf = async (name: string): Promise<unknown> =>
      ((await api.call('POST', '/plugins', { name })).body as { message: string }).message;
    const said = (rest: string): string => `schema violation (name: plugin ${rest})`;
    assert.equal(
      await messageOf('rate-limiting-advanced'),
      said("'rate-limiting-advanced' not enabled; what comes closest is 'rate-limiting'"),
    );
    assert.equal(
      await messageOf('nope'),
      said("'nope' not enabled; add it to the 'plugins' configuration property"),
    );
  });

  it('say beside the words of Kong how to mend a field', async () => {
    const service = await api.call('POST', '/services', { host: 'h', tls_verify: true });
    assert.equal(
      hintOf(service),
      "tls_verify: only where 'protocol' is 'https', 'tls' or 'grpcs'.",
    );
    const pair = { cert: './a.crt', key };
    const made = await api.call('POST', '/certificates', pair);
    assert.equal(hintOf(made), 'cert: this is the path of a file: put what is in the file here.');
  });

  it('say how several tags are written where a form has them as one', async () => {
    const form = new URLSearchParams('name=s&host=h&tags=x,y');
    const answer = await api.call('POST', '/services', form);
    const hint = 'several tags are ["x", "y"] in JSON, tags[]=x&tags[]=y in a form';
    assert.deepEqual([answer.status, hintOf(answer)], [400, hint]);
  });

  it('read the fields of a form by the schema, those of a plugin by the plugin', async () => {
    const form = new URLSearchParams('name=rate-limiting&instance_name=rl&config.minute=5');
    assert.equal((await api.call('POST', '/plugins', form)).status, 201);
    const patch = new URLSearchParams('config.minute=6&enabled=false&tags=');
    const { body } = await api.call('PATCH', '/plugins/rl', patch);
    const { config, enabled, tags } = body as Record<string, unknown>;
    assert.deepEqual([(config as { minute: number }).minute, enabled, tags], [6, false, null]);
  });
});

describe('with a declarative file', () => {
  let api: AdminApi;

  beforeEach(async () => {
    const store = new MemoryStore();
    const loader = await AdminApi.open({ store });
    await loader.call('PUT', `/services/${id}`, { name: 's', host: 'a.test' });
    await loader.call('POST', '/consumers', { username: 'ann' });
    await loader.call('POST', '/consumers/ann/key-auth', { key: 'k' });
    await loader.close();
    api = await AdminApi.open({ store, mode: 'file' });
  });
  afterEach(() => api.close());

  it('entities can be read', async () => {
    assert.equal((await api.call('GET', '/services/s')).status, 200);
  });

  it('keys are shown without a time to live, which they cannot have', async () => {
    const { body } = await api.call('GET', '/key-auths/k');
    assert.equal(Object.hasOwn(body as object, 'ttl'), false);
  });

  it('offsets that were never given out lead to an empty page', async () => {
    for (const offset of ['abc', 'W10', 'WyJhYmMiXQ']) {
      const { body } = await api.call('GET', `/services?offset=${offset}`);
      assert.deepEqual(body, { data: [], next: null }, offset);
    }
    assert.equal((await api.call('GET', '/services?offset=!!')).status, 400);
  });

  it('writes are refused, but not before they were judged', async () => {
    for (const [status, message, method, path, body] of [
      [405, 'create', 'POST', '/services', { host: 'a.test' }],
      [405, 'create or update', 'PUT', `/services/${id}`, { host: 'a.test' }],
      [405, 'update', 'PATCH', `/services/${id}`, {}],
      [405, 'remove', 'DELETE', `/services/${id}`, undefined],
      [400, undefined, 'POST', '/services', {}],
      [404, undefined, 'PATCH', '/services/none', {}],
      [204, undefined, 'DELETE', '/services/none', undefined],
    ] as const) {
      const answer = await api.call(method, path, body);
      assert.equal(answer.status, status, `${method} ${path}`);
      if (message === undefined) continue;
      assert.deepEqual(answer.body, {
        code: 12,
        name: 'operation unsupported',
        message: `cannot ${message} 'services' entities when not using a database`,
      });
    }
  });

  it('the refusal names the field by which the entity was named', async () => {
    const { body } = await api.call('DELETE', '/services/s');
    const message = "cannot remove 'services' entities by 'name' when not using a database";
    assert.equal((body as { message: string }).message, message);
  });
});

function hintOf({ headers }: Answer): string | undefined {
  const hint = headers.get('x-sluice-hint');
  return hint === null ? undefined : decodeURIComponent(hint).slice(1, -1).replaceAll('\\', '');
}
