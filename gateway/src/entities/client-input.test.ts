import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { knownPlugins } from '../plugins/known.ts';
import { createInput, patchInput, replaceInput } from './client-input.ts';
import type { PluginSchema } from './plugin.ts';
import { presentEntity } from './present.ts';
import { publishedPluginConfig } from './published-schema.ts';
import { f } from './schema/field.ts';
import { fieldTree } from './schema/failure.ts';
import type { Entity, TableName } from './tables.ts';
import { judgeEntity } from './validators.ts';

type Values = Readonly<Record<string, unknown>>;

function judged<T extends TableName>(table: T, input: Values): Entity<T> {
  const result = judgeEntity(table, input, knownPlugins);
  assert.deepEqual(result.ok ? {} : fieldTree(result.failures), {});
  return (result as { value: Entity<T> }).value;
}

function created<T extends TableName>(table: T, body: Values): Entity<T> {
  return judged(table, createInput(table, body));
}

function patched<T extends TableName>(table: T, stored: Entity<T>, patch: Values): Entity<T> {
  return judged(table, patchInput(table, stored, patch, knownPlugins));
}

const consumer = { id: '00000000-0000-4000-8000-000000000101' };
const limited = created('plugins', { name: 'rate-limiting', config: { minute: 5 } });
const past = 1_000_000_000;

describe('what a client sends', () => {
  it('may say when an entity was made, and not when it was changed', () => {
    const service = created('services', { host: 'h', created_at: past, updated_at: past });
    assert.equal(service.created_at, past);
    assert.notEqual(service.updated_at, past);
    const later = patched('services', { ...service, updated_at: past }, { updated_at: past });
    assert.equal(later.created_at, past);
    assert.notEqual(later.updated_at, past);
  });

  it('replaces everything but the id and the time of creation', () => {
    const stored = created('services', { host: 'h', name: 'n', created_at: past });
    const input = replaceInput('services', stored, { host: 'other', id: consumer.id });
    const { id, created_at, host, name } = judged('services', input);
    assert.deepEqual(
      { id, created_at, host, name },
      {
        id: stored.id,
        created_at: past,
        host: 'other',
        name: null,
      },
    );
  });

  it('changes records field by field, and everything else as a whole', () => {
    const { config } = patched('plugins', limited, { config: { hour: 9, redis: { host: 'r' } } });
    assert.equal(config.minute, 5);
    assert.equal(config.hour, 9);
    assert.deepEqual(config.redis, { ...(limited.config.redis as object), host: 'r' });
    const jwt = created('plugins', { name: 'jwt', config: { uri_param_names: ['a', 'b'] } });
    const { config: changed } = patched('plugins', jwt, { config: { uri_param_names: ['c'] } });
    assert.deepEqual(changed.uri_param_names, ['c']);
  });

  it('may have the names that objects have by themselves for fields, which are not known', () => {
    const patch = JSON.parse('{"config":{"__proto__":{"minute":1}}}') as Values;
    const input = patchInput('plugins', limited, patch, knownPlugins);
    const result = judgeEntity('plugins', input, knownPlugins);
    assert.equal(
      JSON.stringify(result.ok || fieldTree(result.failures)),
      '{"config":{"__proto__":"unknown field"}}',
    );
  });

  it('may use old names, which win over what is stored', () => {
    const first = patched('plugins', limited, { config: { redis: { host: 'new' } } });
    const { config } = patched('plugins', first, { config: { redis_host: 'old' } });
    assert.equal((config.redis as { host: string }).host, 'old');
  });

  it('must not contradict itself by an old and a new name', () => {
    const patch = { config: { redis_host: 'a', redis: { host: 'b' } } };
    const input = patchInput('plugins', limited, patch, knownPlugins);
    const result = judgeEntity('plugins', input, knownPlugins);
    assert.ok(!result.ok);
    assert.match(result.failures[0]?.message ?? '', /^both deprecated and new field are used/);
  });

  it('is told of every field that another plugin does not have', () => {
    const input = patchInput('plugins', limited, { name: 'grpc-web' }, knownPlugins);
    const result = judgeEntity('plugins', input, knownPlugins);
    assert.ok(!result.ok);
    assert.equal(result.failures.length, Object.keys(limited.config).length);
  });

  it('keeps algorithm and hash of an upstream in agreement', () => {
    const stored = created('upstreams', { name: 'u', hash_on: 'ip' });
    assert.equal(stored.algorithm, 'consistent-hashing');
    assert.equal(
      patched('upstreams', stored, { algorithm: 'round-robin' }).algorithm,
      'consistent-hashing',
    );
    const least = patched('upstreams', stored, { algorithm: 'least-connections' });
    assert.deepEqual([least.algorithm, least.hash_on], ['least-connections', 'none']);
  });
});

describe('a key that expires', () => {
  const now = Date.now();
  const key = created('keyauth_credentials', { key: 'k', consumer, ttl: 500 });
  const shown = (entity: Entity, at: number): Values =>
    presentEntity('keyauth_credentials', entity, { plugins: knownPlugins, now: at });

  it('is shown with the time that is left, and not with its end', () => {
    assert.ok(Math.abs(Number(shown(key, now).ttl) - 500) <= 1);
    assert.ok(Math.abs(Number(shown(key, now + 100_000).ttl) - 400) <= 1);
    assert.equal(shown(key, now + 900_000).ttl, 0);
    assert.ok(!('expires_at' in shown(key, now)));
    assert.equal(shown(created('keyauth_credentials', { consumer }), now).ttl, null);
  });

  it('keeps its end when something else is changed', () => {
    const changed = patched('keyauth_credentials', key, { tags: ['x'] });
    assert.equal(changed.expires_at, key.expires_at);
    const longer = patched('keyauth_credentials', key, { ttl: 9000 });
    assert.ok(Number(longer.expires_at) > Number(key.expires_at) + 8000);
  });

  it('does not expire any more when it is replaced without saying so, or by 0', () => {
    const input = replaceInput('keyauth_credentials', key, { key: 'k', consumer });
    assert.equal(judged('keyauth_credentials', input).expires_at, null);
    assert.equal(patched('keyauth_credentials', key, { ttl: 0 }).expires_at, null);
  });

  it('cannot be given its end directly', () => {
    const input = createInput('keyauth_credentials', { consumer, expires_at: past });
    const result = judgeEntity('keyauth_credentials', input, knownPlugins);
    assert.deepEqual(result.ok ? {} : fieldTree(result.failures), { expires_at: 'unknown field' });
  });
});

describe('what a client sees', () => {
  it('has what was renamed under both names, in records too', () => {
    const { config } = presentEntity('plugins', limited, { plugins: knownPlugins });
    const { redis_port, redis_host } = config as Values;
    assert.deepEqual({ redis_port, redis_host }, { redis_port: 6379, redis_host: null });
    const acme = created('plugins', {
      name: 'acme',
      config: { account_email: 'a@b.test', tos_accepted: true },
    });
    const shown = presentEntity('plugins', acme, { plugins: knownPlugins });
    const { storage_config } = shown.config as { storage_config: { redis: Values } };
    assert.equal(storage_config.redis.scan_count, 10);
  });

  it('has of what Kong does not know only that which is used', () => {
    const config = f.record({
      old: f.boolean({ default: false }),
      names: f.array(f.string(), { default: ['a'], beyondKong: true }),
      link: f.string({ beyondKong: true }),
    });
    const protocols = ['http'];
    const sample: PluginSchema = {
      name: 'sample',
      version: '1.0.0',
      priority: 1,
      protocols,
      config,
    };
    const shown = (values: object): unknown => {
      const entity = { ...limited, name: 'sample', config: values } as Entity;
      return presentEntity('plugins', entity, { plugins: new Map([['sample', sample]]) }).config;
    };
    assert.deepEqual(shown({ old: false, names: ['a'], link: null }), { old: false });
    const used = { old: true, names: ['b'], link: 'x' };
    assert.deepEqual(shown(used), used);
    const [published] = publishedPluginConfig(sample).fields;
    assert.deepEqual(Object.keys(published ?? {}), ['old']);
    assert.equal(publishedPluginConfig(sample).fields.length, 1);
  });

  it('leaves the entity as it was', () => {
    const before = JSON.stringify(limited);
    presentEntity('plugins', limited, { plugins: knownPlugins });
    assert.equal(JSON.stringify(limited), before);
  });

  it('has the names of a certificate in order, also when there are none', () => {
    const certificate = { id: 'x', snis: null } as unknown as Entity<'certificates'>;
    const show = (snis?: string[]): unknown =>
      presentEntity('certificates', certificate, {
        plugins: knownPlugins,
        ...(snis === undefined ? {} : { snis }),
      }).snis;
    assert.deepEqual(show(), []);
    assert.deepEqual(show(['b', 'a']), ['a', 'b']);
  });
});
