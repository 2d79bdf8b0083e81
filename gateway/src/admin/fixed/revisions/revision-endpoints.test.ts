import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { FixedApi, type Reply } from '../testing/fixed-api.ts';

interface Revision {
  readonly revision: number;
  readonly time: string;
  readonly reason: string;
  readonly changed: number;
}

describe('the history of a configuration', () => {
  let api: FixedApi;

  beforeEach(async () => {
    api = await FixedApi.open();
  });
  afterEach(() => api.close());

  function revisionOf({ headers }: Reply): number {
    return Number(headers.get('x-sluice-revision'));
  }

  async function revisions(query = ''): Promise<Revision[]> {
    const { body } = await api.call('GET', `/revisions${query}`);
    return body.data as Revision[];
  }

  async function names(path: string): Promise<unknown[]> {
    const { body } = await api.call('GET', path);
    return (body.data as { name: unknown }[]).map(({ name }) => name).sort();
  }

  it('lists revisions newest first, page by page', async () => {
    for (const name of ['a', 'b', 'c']) {
      await api.call('POST', '/services', { name, host: 'x.test' });
    }
    const { body } = await api.call('GET', '/revisions?size=2');
    const [newest] = body.data as Revision[];
    assert.equal(newest?.revision, 3);
    assert.equal(newest.reason, 'POST /services');
    assert.equal(newest.changed, 1);
    assert.ok(Math.abs(Date.parse(newest.time) - Date.now()) < 60_000);
    const { body: rest } = await api.call('GET', String(body.next));
    assert.deepEqual(
      (rest.data as Revision[]).map(({ revision }) => revision),
      [1],
    );
    assert.equal(rest.next, null);
  });

  it('tells what a revision changed, without secrets', async () => {
    await api.call('POST', '/consumers', { username: 'c' });
    await api.call('POST', '/consumers/c/key-auth', { key: 'first-secret' });
    const reply = await api.call('PATCH', '/consumers/c/key-auth/first-secret', {
      key: 'second-secret',
    });
    const { text, body } = await api.call('GET', `/revisions/${revisionOf(reply)}`);
    assert.doesNotMatch(text, /first-secret|second-secret/);
    const [change] = body.changes as { fields: string[]; after: { key: string } }[];
    assert.ok(change?.fields.includes('key'));
    assert.equal(change?.after.key, '******');
  });

  it('masks secrets in the configuration of plugins', async () => {
    const config = { policy: 'redis', minute: 5, redis: { host: 'r.test', password: 'hidden' } };
    const reply = await api.call('POST', '/plugins', { name: 'rate-limiting', config });
    assert.equal(reply.status, 201, reply.text);
    const { text } = await api.call('GET', `/revisions/${revisionOf(reply)}`);
    assert.doesNotMatch(text, /hidden/);
    assert.match(text, /r\.test/);
  });

  it('brings back what was deleted with all that belonged to it', async () => {
    await api.call('POST', '/services', { name: 's', host: 'x.test' });
    const then = await api.call('POST', '/services/s/routes', { name: 'r', paths: ['/r'] });
    await api.call('DELETE', '/services/s/routes/r');
    await api.call('DELETE', '/services/s');
    await api.call('POST', '/services', { name: 'later', host: 'x.test' });
    const { status, body } = await api.call('POST', `/revisions/${revisionOf(then)}/restore`);
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(await names('/services'), ['s']);
    assert.deepEqual(await names('/routes'), ['r']);
    const [newest] = await revisions('?size=1');
    assert.equal(newest?.revision, body.revision);
    assert.equal(newest?.reason, `restore revision ${revisionOf(then)}`);
  });

  it('brings back names that were swapped since', async () => {
    await api.call('POST', '/services', { name: 'a', host: 'one.test' });
    const then = await api.call('POST', '/services', { name: 'b', host: 'two.test' });
    await api.call('PATCH', '/services/a', { name: 'c' });
    await api.call('PATCH', '/services/b', { name: 'a' });
    await api.call('PATCH', '/services/c', { name: 'b' });
    await api.call('POST', `/revisions/${revisionOf(then)}/restore`);
    const { body } = await api.call('GET', '/services/a');
    assert.equal(body.host, 'one.test');
  });

  it('only tells what would come back with dry_run', async () => {
    const then = await api.call('POST', '/services', { name: 'a', host: 'x.test' });
    await api.call('DELETE', '/services/a');
    const { body } = await api.call('POST', `/revisions/${revisionOf(then)}/restore?dry_run=1`);
    const [change] = body.changes as { entity: string; change: string }[];
    assert.deepEqual([change?.entity, change?.change], ['services', 'create']);
    assert.deepEqual(await names('/services'), []);
  });

  it('says what was written to, but for keys of consumers', async () => {
    await api.call('POST', '/consumers', { username: 'a b' });
    const { body } = await api.call('POST', '/consumers/a%20b/key-auth', { key: 'the-secret' });
    const id = String(body.id);
    await api.call('PATCH', '/consumers/a%20b/key-auth/the-secret', { tags: ['x'] });
    await api.call('PATCH', `/key-auths/${id}`, { tags: ['y'] });
    await api.call('DELETE', '/key-auths/the-secret');
    const told = (await revisions()).map(({ reason }) => reason).toReversed();
    assert.deepEqual(told, [
      'POST /consumers',
      'POST /consumers/a%20b/key-auth',
      'PATCH /consumers/a%20b/key-auth/{keyauth_credentials}',
      `PATCH /key-auths/${id}`,
      'DELETE /key-auths/{keyauth_credentials}',
    ]);
  });

  it('restores only after the revision that If-Match names', async () => {
    const then = await api.call('POST', '/services', { name: 'a', host: 'x.test' });
    await api.call('DELETE', '/services/a');
    const path = `/revisions/${revisionOf(then)}/restore`;
    const tried = await api.call('POST', `${path}?dry_run=1`);
    const tag = tried.headers.get('etag') ?? '';
    assert.equal((await api.call('GET', '/revisions')).headers.get('etag'), tag);
    await api.call('POST', '/services', { name: 'later', host: 'x.test' });
    const stale = await api.callWith({ 'If-Match': tag }, 'POST', path);
    assert.equal(stale.status, 412);
    assert.equal(stale.body.etag, '"3"');
    assert.match(String(stale.body.message), /^If-Match: the configuration is at revision 3;/);
    assert.deepEqual(await names('/services'), ['later']);
    assert.equal((await api.callWith({ 'If-Match': 'nonsense' }, 'POST', path)).status, 400);
    const done = await api.callWith({ 'If-Match': '"3"' }, 'POST', path);
    assert.deepEqual([done.status, done.headers.get('etag')], [200, '"4"']);
    assert.deepEqual(await names('/services'), ['a']);
  });

  it('does not count an entity that was only written again as changed', async () => {
    await api.call('POST', '/upstreams', { name: 'u' });
    const target = { target: '127.0.0.1:80', weight: 1 };
    const then = await api.call('POST', '/upstreams/u/targets', target);
    const path = `/upstreams/u/targets/${String(then.body.id)}`;
    let now = then;
    while (now.body.updated_at === then.body.updated_at) {
      await api.call('PATCH', path, { weight: 2 });
      now = await api.call('PATCH', path, { weight: 1 });
    }
    const back = `/revisions/${revisionOf(then)}/restore`;
    const { body } = await api.call('POST', `${back}?dry_run=1`);
    assert.deepEqual(body.changes, []);
    const restored = await api.call('POST', back);
    assert.deepEqual([restored.status, restored.body.revision], [200, revisionOf(now)]);
  });

  it('has nothing to look at and nothing to restore before the first revision', async () => {
    await api.call('POST', '/services', { name: 'a', host: 'x.test' });
    for (const [method, path] of [
      ['GET', '/revisions/0'],
      ['POST', '/revisions/0/restore'],
      ['POST', '/revisions/0/restore?dry_run=1'],
    ] as const) {
      const { status, body } = await api.call(method, path);
      assert.equal(status, 404);
      assert.match(String(body.message), /^revision 0 is not kept/);
    }
    assert.deepEqual(await names('/services'), ['a']);
  });

  it('has no revision that never was, and none by a name', async () => {
    assert.equal((await api.call('GET', '/revisions/99')).status, 404);
    assert.equal((await api.call('POST', '/revisions/99/restore')).status, 404);
    assert.equal((await api.call('GET', '/revisions/first')).status, 400);
    assert.equal((await api.call('GET', '/revisions?offset=x')).status, 400);
  });
});

it('a file is not restored through the Admin API', async () => {
  const api = await FixedApi.open({ mode: 'file' });
  try {
    assert.equal((await api.call('POST', '/revisions/0/restore')).status, 405);
  } finally {
    await api.close();
  }
});
