import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import { botDetection } from './plugin.ts';

const BOT = 'Googlebot/2.1';

async function statusFor(config: object, ...agents: string[]): Promise<number> {
  const gateway = new TestGateway();
  const headers = agents.map((agent): [string, string] => ['User-Agent', agent]);
  const { response } = await gateway.send([gateway.configure(botDetection, config)], { headers });
  return response.status;
}

describe('bot-detection', () => {
  it('refuses known robots, before the service is asked', async () => {
    const gateway = new TestGateway();
    const plugin = gateway.configure(botDetection);
    const ex = await gateway.send([plugin], { headers: { 'User-Agent': BOT } });
    assert.equal(ex.response.status, 403);
    assert.match(ex.response.body, /"message":"Forbidden"/);
    assert.equal(ex.upstreamRequest, null);
  });

  it('lets everybody else pass, and who does not say', async () => {
    assert.equal(await statusFor({}, 'Mozilla/5.0 Firefox/120'), 200);
    assert.equal(await statusFor({}), 200);
    assert.equal(await statusFor({}, ''), 200);
  });

  it('refuses more than one User-Agent', async () => {
    assert.equal(await statusFor({}, 'x', 'y'), 400);
  });

  it('lets what is allowed win over what is denied, and over the list', async () => {
    assert.equal(await statusFor({ allow: ['Googlebot'], deny: ['Google'] }, BOT), 200);
    assert.equal(await statusFor({ allow: ['googlebot'] }, BOT), 403);
    assert.equal(await statusFor({ allow: ['(?i)googlebot'] }, BOT), 200);
  });

  it('refuses what is denied in addition', async () => {
    assert.equal(await statusFor({ deny: ['^curl/'] }, 'curl/8'), 403);
    assert.equal(await statusFor({ deny: ['^curl/'] }, 'libcurl/8'), 200);
  });

  it('says the same of the same User-Agent again', async () => {
    const gateway = new TestGateway();
    const plugin = gateway.configure(botDetection, { deny: ['^x'] });
    const long = `x${'y'.repeat(600)}`;
    for (const agent of [BOT, 'Firefox', 'xy', long, BOT, 'Firefox', 'xy', long]) {
      const { response } = await gateway.send([plugin], { headers: { 'User-Agent': agent } });
      assert.equal(response.status, agent === 'Firefox' ? 200 : 403, agent);
    }
  });

  it('decides over whatever it is sent, with expressions that make others take for ever', async () => {
    const gateway = new TestGateway();
    const config = { allow: ['^(a+)+$'], deny: ['(.*)*x', '(b|b)*c'] };
    const plugin = gateway.configure(botDetection, config);
    const agent = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom('a', 'b', ' ', '/', 'bot', 'x', '\xff') }),
      fc.nat(8000).map((length) => `${'a'.repeat(length)}!`),
    );
    await fc.assert(
      fc.asyncProperty(agent, async (text) => {
        const { response } = await gateway.send([plugin], { headers: { 'User-Agent': text } });
        assert.ok(response.status === 200 || response.status === 403);
        assert.equal(response.status === 200 && text.includes('x'), false);
      }),
      { seed: 20261127, numRuns: 300 },
    );
    assert.deepEqual(gateway.log, []);
  });
});

describe('bot-detection configuration', () => {
  it('refuses an expression that is none in the words of Kong', () => {
    assert.throws(
      () => new TestGateway().configure(botDetection, { deny: ['('] }),
      /not a valid regex: \(/,
    );
  });

  it('refuses an expression that could take for ever', () => {
    assert.throws(
      () => new TestGateway().configure(botDetection, { deny: ['(a)\\1'] }),
      /cannot be matched in bounded time/,
    );
  });
});
