import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Entity, TableName } from '../../entities/tables.ts';
import { bundledPlugins } from '../../plugins/bundled.ts';
import { definePlugin, f, type AnyPlugin } from '../../plugin/plugin.ts';
import { createSnapshot } from '../../snapshot/snapshot.ts';
import type { StoredChange } from '../../store/contract.ts';
import { UnservableChange } from '../configuration.ts';
import { entity, tablesWith } from '../testing/entities.ts';
import { createJudgement } from './create-judgement.ts';
import { Judgement } from './judgement.ts';
import { Runnable } from './runnable.ts';
import { Trial } from './trial.ts';

const service = entity('services', { name: 's', host: 'h' });
const route = entity('routes', { name: 'r', paths: ['/r'], service: { id: service.id } });
const unserved = entity('plugins', { name: 'grpc-web', service: { id: service.id } });

const nothing = createSnapshot(tablesWith(), 1);

function made<T extends TableName>(table: T, after: Entity<T>): StoredChange {
  return { table, id: after.id, before: null, after };
}

async function problems(work: Promise<void>): Promise<readonly string[]> {
  try {
    await work;
    return [];
  } catch (error) {
    assert.ok(error instanceof UnservableChange);
    return error.problems.map(({ table, message }) => `${table}: ${message}`);
  }
}

describe('the judgement of a change', () => {
  const judgement = createJudgement(false);

  it('lets pass what can be served', async () => {
    const plugin = entity('plugins', { name: 'key-auth' });
    const changes = [made('services', service), made('routes', route), made('plugins', plugin)];
    assert.deepEqual(await problems(judgement.judge(nothing, changes)), []);
  });

  it('lets pass a plugin that cannot run as long as there is nothing for it to run on', async () => {
    const changes = [made('services', service), made('plugins', unserved)];
    assert.deepEqual(await problems(judgement.judge(nothing, changes)), []);
  });

  it('refuses the route on which such a plugin would run', async () => {
    const current = createSnapshot(tablesWith({ services: [service], plugins: [unserved] }), 1);
    const [only, ...others] = await problems(judgement.judge(current, [made('routes', route)]));
    assert.match(only ?? '', /^plugins: plugin 'grpc-web' .*--allow-unsupported-plugins/);
    assert.deepEqual(others, []);
  });

  it('knows what was changed a moment ago', async () => {
    const current = createSnapshot(tablesWith({ services: [service] }), 1);
    const before = [made('plugins', unserved)];
    const found = await problems(judgement.judge(current, [made('routes', route)], before));
    assert.equal(found.length, 1);
  });

  it('refuses another route under such a plugin, and says where the plugin is', async () => {
    const another = entity('routes', {
      name: 'two',
      paths: ['/other'],
      service: { id: service.id },
    });
    const wide = entity('plugins', { name: 'grpc-web' });
    for (const [plugin, why] of [
      [unserved, "service 's' has it"],
      [wide, `plugin '${wide.id}' is bound to no service or route`],
    ] as const) {
      const tables = tablesWith({ services: [service], routes: [route], plugins: [plugin] });
      const judged = judgement.judge(createSnapshot(tables, 1), [made('routes', another)]);
      const [only, ...others] = await problems(judged);
      assert.match(only ?? '', new RegExp(`would have to run on route 'two', since ${why} \\(`));
      assert.deepEqual(others, []);
    }
  });

  it('refuses a route that is moved under such a plugin', async () => {
    const elsewhere = entity('services', { name: 'free', host: 'h' });
    const moved = { ...route, service: { id: elsewhere.id } };
    const tables = tablesWith({
      services: [service, elsewhere],
      routes: [moved],
      plugins: [unserved],
    });
    const change: StoredChange = { table: 'routes', id: route.id, before: moved, after: route };
    const found = await problems(judgement.judge(createSnapshot(tables, 1), [change]));
    assert.match(found[0] ?? '', /run on route 'r'/);
  });

  it('does not hold against a change what was so before', async () => {
    const tables = tablesWith({ services: [service], routes: [route], plugins: [unserved] });
    const current = createSnapshot(tables, 1);
    const changed = { ...route, paths: ['/other'] };
    const change: StoredChange = { table: 'routes', id: route.id, before: route, after: changed };
    assert.deepEqual(await problems(judgement.judge(current, [change])), []);
    assert.deepEqual(await problems(judgement.judge(current, [made('plugins', unserved)])), []);
  });

  it('lets a plugin be taken away', async () => {
    const current = createSnapshot(tablesWith({ services: [service], plugins: [unserved] }), 1);
    const gone: StoredChange = { table: 'plugins', id: unserved.id, before: unserved, after: null };
    assert.deepEqual(await problems(judgement.judge(current, [gone, made('routes', route)])), []);
  });

  it('lets everything pass that is to be stored without effect', async () => {
    const changes = [made('services', service), made('routes', route), made('plugins', unserved)];
    assert.deepEqual(await problems(createJudgement(true).judge(nothing, changes)), []);
  });
});

describe('the trial of a change', () => {
  const log: string[] = [];
  const fussy: AnyPlugin = definePlugin({
    name: 'acl',
    summary: 'For tests.',
    version: '1',
    priority: 1,
    protocols: ['grpc', 'grpcs', 'http', 'https'],
    config: f.record({}),
    setup: (_config, { instance }) => {
      log.push(`setup ${instance.id}`);
      if (instance.route === null) throw new Error('planted');
      return { dispose: () => void log.push(`dispose ${instance.id}`) };
    },
  });
  const plugins = new Map([...bundledPlugins, ['acl', fussy]]);
  const runnable = new Runnable(plugins, plugins);
  const judgement = new Judgement({
    trial: new Trial(plugins, runnable),
    runnable,
    allowUnsupported: false,
  });
  const acl = (fields: Record<string, unknown>): Entity<'plugins'> => ({
    ...entity('plugins', { name: 'acl', config: { allow: ['a'] }, ...fields }),
    config: {},
  });

  it('refuses a plugin whose setup fails, by name', async () => {
    const plugin = acl({});
    const found = await problems(judgement.judge(nothing, [made('plugins', plugin)]));
    assert.deepEqual(found, [`plugins: plugin acl (${plugin.id}): setup failed: planted`]);
  });

  it('disposes what it has set up', async () => {
    const plugin = acl({ route: { id: route.id } });
    log.length = 0;
    await judgement.judge(nothing, [made('plugins', plugin)]);
    assert.deepEqual(log, [`setup ${plugin.id}`, `dispose ${plugin.id}`]);
  });

  it('leaves disabled plugins alone', async () => {
    log.length = 0;
    await judgement.judge(nothing, [made('plugins', acl({ enabled: false }))]);
    assert.deepEqual(log, []);
  });
});
