import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sunset } from '../../examples/plugins/sunset/plugin.ts';
import { TestGateway } from '../../gateway/src/plugin/testing/test-gateway.ts';

const config = { date: '2031-01-01T00:00:00Z', link: 'https://api.test/v2' };

describe('sunset', () => {
  it('announces the end of the API', async () => {
    const gateway = new TestGateway({ now: Date.UTC(2030, 11, 31) });
    const plugin = gateway.configure(sunset, config);
    const { response, upstreamRequest } = await gateway.send([plugin], { target: '/orders' });
    assert.equal(response.status, 200);
    assert.equal(response.header('sunset'), 'Wed, 01 Jan 2031 00:00:00 GMT');
    assert.equal(response.header('link'), '<https://api.test/v2>; rel="sunset"');
    assert.equal(upstreamRequest?.target, '/orders');
  });

  it('answers 410 from that day on', async () => {
    const gateway = new TestGateway({ now: Date.UTC(2031, 0, 1) });
    const { response, upstreamRequest } = await gateway.send([gateway.configure(sunset, config)]);
    assert.equal(response.status, 410);
    assert.match(response.body, /This API ended on Wed, 01 Jan 2031/);
    assert.equal(upstreamRequest, null);
  });

  it('refuses a date that is none', () => {
    const gateway = new TestGateway();
    assert.throws(
      () => gateway.configure(sunset, { date: 'soon' }),
      /config\.date: expected a date/,
    );
  });
});
