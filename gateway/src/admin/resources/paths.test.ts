import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { AdminApi, type Answer } from '../testing/admin-api.ts';
import { certificate, key } from '../testing/certificate.ts';

const one = '00000000-0000-4000-8000-000000000001';
const two = '00000000-0000-4000-8000-000000000002';

function names({ body }: Answer, field = 'name'): unknown[] {
  return (body as { data: Readonly<Record<string, unknown>>[] }).data.map((each) => each[field]);
}

describe('paths of entities', () => {
  let api: AdminApi;

  beforeEach(async () => {
    api = await AdminApi.open();
    await api.call('PUT', `/services/${one}`, { name: 's1', host: 'a.test' });
    await api.call('PUT', `/services/${two}`, { name: 's2', host: 'b.test' });
  });
  afterEach(() => api.close());

  async function status(method: string, path: string, body?: object): Promise<number> {
    return (await api.call(method, path, body)).status;
  }

  it('name an entity by its id in any case, or by what people call it', async () => {
    await api.call('PUT', `/services/${one.replace('4000', 'ABCD')}`, {
      name: 's3',
      host: 'c.test',
    });
    assert.equal(await status('GET', `/services/${one.replace('4000', 'abcd')}`), 200);
    assert.equal(await status('GET', '/services/s3'), 200);
    assert.equal(await status('GET', '/services/s4'), 404);
    assert.equal(await status('GET', '/acls/s4'), 400);
  });

  it('win over what the body says', async () => {
    const { body } = await api.call('PUT', '/services/s1', { id: two, name: 'x', host: 'c.test' });
    const { id, name } = body as { id: string; name: string };
    assert.deepEqual([id, name], [one, 's1']);
  });

  describe('below another entity', () => {
    beforeEach(async () => {
      await api.call('POST', '/services/s1/routes', { name: 'r1', paths: ['/1'] });
      await api.call('POST', '/services/s2/routes', { name: 'r2', paths: ['/2'] });
    });

    it('list and create what belongs to it', async () => {
      assert.deepEqual(names(await api.call('GET', '/services/s1/routes')), ['r1']);
      assert.equal(await status('GET', '/services/none/routes'), 404);
      assert.equal(await status('POST', '/services/none/routes', { paths: ['/'] }), 404);
    });

    it('lead to nothing that belongs to another', async () => {
      for (const method of ['GET', 'PATCH', 'DELETE']) {
        assert.equal(await status(method, '/services/s1/routes/r2', {}), 404, method);
      }
      assert.equal(await status('DELETE', '/services/s2/routes/r2'), 204);
      assert.equal(await status('DELETE', '/services/s2/routes/r2'), 404);
    });

    it('move there what is put there', async () => {
      assert.equal(await status('PUT', '/services/s1/routes/r2', { paths: ['/2'] }), 200);
      assert.deepEqual(names(await api.call('GET', '/services/s1/routes')).sort(), ['r1', 'r2']);
    });
  });

  describe('of the entity that another one refers to', () => {
    beforeEach(() => api.call('POST', '/routes', { name: 'r', paths: ['/r'] }));

    it('lead nowhere while nothing is linked', async () => {
      for (const method of ['GET', 'PATCH', 'DELETE']) {
        assert.equal(await status(method, '/routes/r/service', {}), 404, method);
      }
    });

    it('make and link what is put there', async () => {
      const made = await api.call('PUT', '/routes/r/service', { name: 'new', host: 'n.test' });
      const { id } = made.body as { id: string };
      const { body } = await api.call('GET', '/routes/r');
      assert.deepEqual((body as { service: unknown }).service, { id });
      const again = await api.call('PUT', '/routes/r/service', { name: 'new', host: 'm.test' });
      assert.equal((again.body as { id: string }).id, id);
    });

    it('change what is linked, and never delete it', async () => {
      await api.call('PATCH', '/routes/r', { service: { name: 's1' } });
      assert.equal(await status('PATCH', '/routes/r/service', { host: 'c.test' }), 200);
      const { body } = await api.call('GET', '/services/s1');
      assert.equal((body as { host: string }).host, 'c.test');
      assert.equal(await status('DELETE', '/routes/r/service'), 405);
    });
  });

  describe('of certificates', () => {
    beforeEach(() =>
      api.call('PUT', `/certificates/${one}`, {
        cert: certificate,
        key,
        snis: ['b.test', 'a.test'],
      }),
    );

    async function snis(): Promise<unknown> {
      const { body } = await api.call('GET', `/certificates/${one}`);
      return (body as { snis: unknown }).snis;
    }

    it('can name one of its SNIs instead', async () => {
      const { body } = await api.call('GET', '/certificates/a.test');
      assert.equal((body as { id: string }).id, one);
      assert.equal(await status('GET', '/certificates/a.test/snis'), 200);
      const missing = await api.call('GET', '/certificates/c.test');
      assert.deepEqual([missing.status, missing.body], [404, { message: 'SNI not found' }]);
      assert.equal(await status('DELETE', '/certificates/c.test'), 404);
    });

    it('make and delete SNIs as the list says', async () => {
      assert.deepEqual(await snis(), ['a.test', 'b.test']);
      await api.call('PATCH', `/certificates/${one}`, { tags: ['x'] });
      assert.deepEqual(await snis(), ['a.test', 'b.test']);
      await api.call('PATCH', `/certificates/${one}`, { snis: ['c.test', 'b.test'] });
      assert.deepEqual(names(await api.call('GET', '/snis')).sort(), ['b.test', 'c.test']);
      await api.call('PUT', `/certificates/${one}`, { cert: certificate, key, snis: [] });
      assert.deepEqual(await snis(), []);
    });

    it('keep the SNIs of a certificate that is replaced without a word of them', async () => {
      const renewed = { cert: certificate, key };
      for (const named of [one, 'a.test']) {
        const { body } = await api.call('PUT', `/certificates/${named}`, renewed);
        const { id, snis: shown } = body as { id: string; snis: unknown };
        assert.deepEqual([id, shown], [one, ['a.test', 'b.test']]);
        assert.deepEqual(await snis(), ['a.test', 'b.test']);
      }
    });

    it('make a certificate with the SNI in the path, and find it again by it', async () => {
      const made = await api.call('PUT', '/certificates/new.test', { cert: certificate, key });
      const { id, snis: shown } = made.body as { id: string; snis: unknown };
      assert.deepEqual([made.status, shown], [200, ['new.test']]);
      const more = { cert: certificate, key, snis: ['more.test'] };
      const again = await api.call('PUT', '/certificates/new.test', more);
      const found = again.body as { id: string; snis: unknown };
      assert.deepEqual([found.id, found.snis], [id, ['more.test', 'new.test']]);
      assert.equal(names(await api.call('GET', '/certificates'), 'id').length, 2);
      const bad = await api.call('PUT', '/certificates/a%20b', { cert: certificate, key });
      assert.equal(bad.status, 400);
    });

    it('refuse SNIs that are listed twice, belong to others or are none', async () => {
      const pair = { cert: certificate, key };
      for (const [list, message] of [
        [['d.test', 'd.test'], 'd.test is duplicated'],
        [['a.test'], `a.test already associated with existing certificate '${one}'`],
      ] as const) {
        const { status: refused, body } = await api.call('PUT', `/certificates/${two}`, {
          ...pair,
          snis: list,
        });
        assert.equal(refused, 400);
        assert.deepEqual((body as { fields: unknown }).fields, { snis: message });
      }
      const { body } = await api.call('PATCH', `/certificates/${one}`, { snis: ['a b'] });
      assert.deepEqual(body, {
        code: 10,
        name: 'invalid unique name',
        message: 'invalid value: a b',
      });
      assert.deepEqual(await snis(), ['a.test', 'b.test']);
    });
  });

  it('of groups can name the group below its consumer', async () => {
    await api.call('POST', '/consumers', { username: 'ann' });
    assert.equal(await status('PUT', '/consumers/ann/acls/gold', {}), 200);
    assert.equal(await status('GET', '/consumers/ann/acls/gold'), 200);
    assert.equal(await status('DELETE', '/consumers/ann/acls/gold'), 204);
    assert.equal(await status('GET', '/consumers/ann/acls/gold'), 404);
  });

  describe('of targets', () => {
    const targets = '/upstreams/u/targets';

    beforeEach(async () => {
      await api.call('POST', '/upstreams', { name: 'u' });
      for (const host of ['a', 'b', 'c'])
        await api.call('POST', targets, { target: `${host}.test` });
    });

    it('are below their upstream only', async () => {
      assert.equal(await status('GET', '/targets'), 404);
      assert.equal(await status('GET', `${targets}/a.test:8000`), 200);
      assert.equal(await status('GET', `${targets}/all`), 200);
    });

    it('change one that is there, and make none', async () => {
      assert.equal(await status('PUT', `${targets}/${one}`, { target: 'd.test' }), 404);
      const { body } = await api.call('PUT', `${targets}/a.test:8000`, { weight: 5 });
      assert.equal((body as { weight: number }).weight, 5);
      assert.equal(await status('DELETE', `${targets}/a.test:8000`), 204);
      assert.equal(await status('DELETE', `${targets}/a.test:8000`), 404);
    });

    it('are listed from a place on, in pages of any size', async () => {
      const first = await api.call('GET', `${targets}?size=2`);
      assert.equal(names(first).length, 2);
      const { offset, next } = first.body as { offset: string; next: string };
      assert.deepEqual([offset, next], ['2', `${targets}?offset=2`]);
      assert.equal(names(await api.call('GET', next)).length, 1);
      assert.equal(names(await api.call('GET', `${targets}?size=0`)).length, 0);
      assert.equal(names(await api.call('GET', `${targets}?size=5000&offset=99`)).length, 0);
      assert.equal(await status('GET', `${targets}?offset=abc`), 400);
    });
  });

  it('of consumers can ask for a custom_id', async () => {
    await api.call('POST', '/consumers', { username: 'ann', custom_id: 'c' });
    assert.deepEqual(names(await api.call('GET', '/consumers?custom_id=c'), 'username'), ['ann']);
    assert.deepEqual(names(await api.call('GET', '/consumers?custom_id=d'), 'username'), []);
    assert.equal(await status('GET', '/consumers?custom_id='), 400);
  });
});
