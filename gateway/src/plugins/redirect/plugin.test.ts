import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import { redirect } from './plugin.ts';

async function send(config: object, target = '/a/b?q=1') {
  const gateway = new TestGateway();
  const ex = await gateway.send([gateway.configure(redirect, config)], { target });
  return { ...ex.response, status: ex.response.status, ex };
}

const locationOf = async (config: object, target?: string) =>
  (await send(config, target)).ex.response.header('location');

describe('redirect', () => {
  it('sends clients to its location, and asks no service', async () => {
    const { ex } = await send({ location: 'https://new.test/there?x=1' });
    assert.equal(ex.response.status, 301);
    assert.equal(ex.response.header('location'), 'https://new.test/there?x=1');
    assert.equal(ex.response.header('content-type'), undefined);
    assert.equal(ex.response.body, 'redirecting');
    assert.equal(ex.upstreamRequest, null);
  });

  it('has the status that is configured, if it is one', async () => {
    const location = 'https://new.test/';
    assert.equal((await send({ location, status_code: 308 })).status, 308);
    assert.equal((await send({ location, status_code: 101 })).status, 301);
  });

  const keep = { location: 'https://new.test/base?z=1', keep_incoming_path: true };

  it('keeps path and query string where it is told to', async () => {
    assert.equal(await locationOf(keep), 'https://new.test/a/b?q=1');
    assert.equal(await locationOf(keep, '/a%20b?x=\xc3\xa9'), 'https://new.test/a%20b?x=%C3%A9');
    assert.equal(
      await locationOf({ ...keep, location: 'http://new.test' }, '/'),
      'http://new.test/',
    );
  });

  it('goes nowhere but to its own host, whatever the path', async () => {
    for (const target of [
      '//evil.test/',
      '/\\evil.test',
      '/@evil.test',
      'http://evil.test/x',
      'http://evil.test?x',
      '*',
    ]) {
      const location = (await locationOf(keep, target)) ?? '';
      assert.equal(new URL(location).host, 'new.test', target);
    }
  });

  it('wants a URL', () => {
    const configure = (config: object) => new TestGateway().configure(redirect, config);
    assert.throws(() => configure({}), /config\.location/);
    assert.throws(() => configure({ location: 'there' }), /config\.location/);
  });
});
