import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { AdminApi } from '../testing/admin-api.ts';
import { certificate, key } from '../testing/certificate.ts';

const id = '00000000-0000-4000-8000-000000000001';

describe('ETags', () => {
  let api: AdminApi;

  beforeEach(async () => {
    api = await AdminApi.open();
  });
  afterEach(() => api.close());

  async function create(): Promise<string> {
    const { headers } = await api.call('PUT', `/services/${id}`, { name: 's', host: 'a.test' });
    return headers.get('etag') ?? '';
  }

  async function hostNow(): Promise<string> {
    const { body } = await api.call('GET', '/services/s');
    return (body as { host: string }).host;
  }

  it('are the same for every way to an entity, and change with it', async () => {
    const etag = await create();
    assert.match(etag, /^"[\w-]{27}"$/);
    for (const path of [`/services/${id}`, '/services/s']) {
      assert.equal((await api.call('GET', path)).headers.get('etag'), etag);
    }
    const { headers } = await api.call('PATCH', '/services/s', { host: 'b.test' });
    assert.notEqual(headers.get('etag'), etag);
  });

  it('of certificates change with their SNIs', async () => {
    const made = await api.call('PUT', `/certificates/${id}`, { cert: certificate, key });
    const etag = made.headers.get('etag');
    assert.equal((await api.call('GET', `/certificates/${id}`)).headers.get('etag'), etag);
    await api.call('POST', '/snis', { name: 'a.test', certificate: { id } });
    assert.notEqual((await api.call('GET', `/certificates/${id}`)).headers.get('etag'), etag);
  });

  it('save the body when the client has it already', async () => {
    const etag = await create();
    const known = await api.call('GET', '/services/s', undefined, {
      'If-None-Match': `"x", ${etag}`,
    });
    assert.deepEqual([known.status, known.body], [304, null]);
    const other = await api.call('GET', '/services/s', undefined, { 'If-None-Match': '"x"' });
    assert.equal(other.status, 200);
  });

  for (const method of ['PUT', 'PATCH', 'DELETE']) {
    it(`let ${method} change only what its sender has seen`, async () => {
      const stale = await create();
      await api.call('PATCH', '/services/s', { host: 'b.test' });
      const change = { host: 'c.test' };
      const refused = await api.call(method, '/services/s', change, { 'If-Match': stale });
      assert.equal(refused.status, 412);
      assert.equal(await hostNow(), 'b.test');
      const current = refused.headers.get('etag') ?? '';
      assert.equal((refused.body as { etag: string }).etag, current);
      const done = await api.call(method, '/services/s', change, { 'If-Match': current });
      assert.equal(done.status, method === 'DELETE' ? 204 : 200);
    });

    it(`let ${method} insist on something being there`, async () => {
      const change = { host: 'c.test' };
      const refused = await api.call(method, '/services/s', change, { 'If-Match': '*' });
      assert.equal(refused.status, 412);
      await create();
      const done = await api.call(method, '/services/s', change, { 'If-Match': '*' });
      assert.ok(done.status < 300);
    });
  }

  it('let PUT insist on nothing being there', async () => {
    const headers = { 'If-None-Match': '*' };
    const made = await api.call('PUT', '/services/s', { host: 'a.test' }, headers);
    assert.equal(made.status, 200);
    const refused = await api.call('PUT', '/services/s', { host: 'b.test' }, headers);
    assert.equal(refused.status, 412);
    assert.equal(await hostNow(), 'a.test');
  });

  for (const header of ['If-Match', 'If-None-Match']) {
    it(`are refused in ${header} when they are malformed, with the right form`, async () => {
      const etag = await create();
      for (const wrong of [etag.replaceAll('"', ''), `${etag} ${etag}`, `"a`, '*, "a"', ',', '']) {
        const { status, body } = await api.call(
          'PATCH',
          '/services/s',
          { host: 'b.test' },
          { [header]: wrong },
        );
        assert.equal(status, 400, wrong);
        const { message } = body as { message: string };
        assert.match(message, new RegExp(`^${header}: malformed; .*${header}: "[\\w-]+"$`));
      }
      assert.equal(await hostNow(), 'a.test');
    });
  }

  it('may be weak, and one of several', async () => {
    const etag = await create();
    const headers = { 'If-Match': `"x",W/${etag} , ` };
    const { status } = await api.call('PATCH', '/services/s', { host: 'b.test' }, headers);
    assert.equal(status, 200);
  });

  it('let one of two through who change the same at the same time', async () => {
    const etag = await create();
    const answers = await Promise.all(
      ['b.test', 'c.test'].map((host) =>
        api.call('PATCH', '/services/s', { host }, { 'If-Match': etag }),
      ),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412]);
  });
});
