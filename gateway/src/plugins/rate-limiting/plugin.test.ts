import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestExchange } from '../../plugin/testing/test-exchange.ts';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import type { RequestInit } from '../../plugin/testing/test-request.ts';
import { rateLimiting } from './plugin.ts';

/** 20 s before the end of an hour. */
const NOW = Date.UTC(2030, 0, 15, 12, 59, 40);

/** Sends requests one after another through one configured instance. */
async function sendAll(config: object, count: number, request: RequestInit = {}) {
  const gateway = new TestGateway({ now: NOW });
  const plugin = gateway.configure(rateLimiting, config);
  const exchanges: TestExchange[] = [];
  for (let i = 0; i < count; i++) exchanges.push(await gateway.send([plugin], request));
  return exchanges;
}

const statuses = (exchanges: readonly TestExchange[]): number[] =>
  exchanges.map(({ response }) => response.status);

/** The headers that tell of limits, lower-case. */
function limitHeaders({ response }: TestExchange): Record<string, string> {
  const all = response
    .headers()
    .map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  return Object.fromEntries(all.filter(([name]) => /ratelimit|retry/.test(name)));
}

describe('rate-limiting', () => {
  it('lets as many requests pass as the limit says, then answers 429', async () => {
    const exchanges = await sendAll({ minute: 3 }, 5);
    assert.deepEqual(statuses(exchanges), [200, 200, 200, 429, 429]);
    assert.match(exchanges[3]?.response.body ?? '', /"message":"API rate limit exceeded"/);
    assert.equal(exchanges[3]?.answeredBy, 'error');
    assert.equal(exchanges[3]?.upstreamRequest, null);
  });

  it('tells clients how they stand', async () => {
    const [first, last] = await sendAll({ minute: 1 }, 2);
    const headers = {
      'x-ratelimit-limit-minute': '1',
      'x-ratelimit-remaining-minute': '0',
      'ratelimit-limit': '1',
      'ratelimit-remaining': '0',
      'ratelimit-reset': '20',
    };
    assert.deepEqual(limitHeaders(first!), headers);
    assert.deepEqual(limitHeaders(last!), { ...headers, 'retry-after': '20' });
  });

  it('begins anew with the next window', async () => {
    const gateway = new TestGateway({ now: NOW });
    const plugin = gateway.configure(rateLimiting, { minute: 1 });
    const status = async () => (await gateway.send([plugin])).response.status;
    assert.deepEqual([await status(), await status()], [200, 429]);
    gateway.now += 20_000;
    assert.deepEqual([await status(), await status()], [200, 429]);
  });

  it('replaces headers of the same names from the service', async () => {
    const gateway = new TestGateway({ now: NOW });
    const plugin = gateway.configure(rateLimiting, { minute: 5 });
    const headers: [string, string][] = [['ratelimit-limit', '999']];
    const { response } = await gateway.send([plugin], {}, () => ({ headers }));
    assert.deepEqual(response.headerValues('ratelimit-limit'), ['5']);
  });

  it('hides its headers where it is told to', async () => {
    const exchanges = await sendAll({ minute: 1, hide_client_headers: true }, 2);
    assert.deepEqual(statuses(exchanges), [200, 429]);
    assert.deepEqual(exchanges.map(limitHeaders), [{}, {}]);
  });

  it('refuses with the configured status and message', async () => {
    const config = { minute: 1, error_code: 418, error_message: 'slow down' };
    const [, refused] = await sendAll(config, 2);
    assert.equal(refused?.response.status, 418);
    assert.match(refused?.response.body ?? '', /"message":"slow down"/);
  });

  it('refuses with 429 in place of a number that is no status, and says so', async () => {
    const gateway = new TestGateway();
    const plugin = gateway.configure(rateLimiting, { minute: 1, error_code: 99 });
    await gateway.send([plugin]);
    assert.equal((await gateway.send([plugin])).response.status, 429);
    assert.match(gateway.log[0]?.message ?? '', /^99 is no status for a response/);
  });

  it('counts a fraction as the next whole number', async () => {
    const exchanges = await sendAll({ minute: 1.5 }, 3);
    assert.deepEqual(statuses(exchanges), [200, 200, 429]);
    assert.equal(limitHeaders(exchanges[0]!)['x-ratelimit-limit-minute'], '2');
  });
});

describe('rate-limiting with several periods', () => {
  const config = { minute: 3, hour: 4, day: 100 };

  it('tells of the one with the fewest requests left', async () => {
    const [first] = await sendAll(config, 1);
    assert.deepEqual(limitHeaders(first!), {
      'x-ratelimit-limit-minute': '3',
      'x-ratelimit-remaining-minute': '2',
      'x-ratelimit-limit-hour': '4',
      'x-ratelimit-remaining-hour': '3',
      'x-ratelimit-limit-day': '100',
      'x-ratelimit-remaining-day': '99',
      'ratelimit-limit': '3',
      'ratelimit-remaining': '2',
      'ratelimit-reset': '20',
    });
  });

  it('counts a refused request in none of them', async () => {
    const exchanges = await sendAll(config, 6);
    assert.deepEqual(statuses(exchanges), [200, 200, 200, 429, 429, 429]);
    const last = limitHeaders(exchanges[5]!);
    assert.equal(last['x-ratelimit-remaining-minute'], '0');
    assert.equal(last['x-ratelimit-remaining-hour'], '1');
    assert.equal(last['x-ratelimit-remaining-day'], '97');
  });

  it('tells of the longer one when both have the same left', async () => {
    const [first] = await sendAll({ minute: 3, day: 3 }, 1);
    const untilMidnight = (Date.UTC(2030, 0, 16) - NOW) / 1000;
    assert.equal(limitHeaders(first!)['ratelimit-reset'], String(untilMidnight));
  });

  it('refuses by the longer one when only that is exhausted', async () => {
    const gateway = new TestGateway({ now: NOW });
    const plugin = gateway.configure(rateLimiting, { second: 1, minute: 1 });
    await gateway.send([plugin]);
    gateway.now += 1000;
    const refused = await gateway.send([plugin]);
    assert.equal(refused.response.status, 429);
    assert.equal(limitHeaders(refused)['x-ratelimit-remaining-second'], '1');
    assert.equal(limitHeaders(refused)['retry-after'], '19');
  });
});

describe('rate-limiting when no counter can be had', () => {
  /** A gateway whose table is full for the request that is sent next. */
  async function full(config: object) {
    const gateway = new TestGateway({ now: NOW, counterSlots: 32 });
    const plugin = gateway.configure(rateLimiting, { day: 1000, limit_by: 'ip', ...config });
    for (let i = 0; i < 32; i++) await gateway.send([plugin], { clientIp: `10.0.0.${i}` });
    return { gateway, send: () => gateway.send([plugin], { clientIp: '10.0.1.1' }) };
  }

  it('lets requests pass uncounted, and reports once', async () => {
    const { gateway, send } = await full({});
    const exchanges = [await send(), await send()];
    assert.deepEqual(statuses(exchanges), [200, 200]);
    assert.deepEqual(exchanges.map(limitHeaders), [{}, {}]);
    assert.equal(gateway.log.length, 1);
    assert.match(
      gateway.log[0]?.message ?? '',
      /table of rate-limit counters is full: requests pass/,
    );
  });

  it('answers 500 where faults are not tolerated', async () => {
    const { send } = await full({ fault_tolerant: false });
    const { response } = await send();
    assert.equal(response.status, 500);
    assert.match(response.body, /"message":"An unexpected error occurred"/);
  });
});

describe('rate-limiting configuration', () => {
  const configure = (config: object) => new TestGateway().configure(rateLimiting, config);

  it('needs a period', () => {
    assert.throws(
      () => configure({}),
      /at least one of these fields must be non-empty: 'config.second'/,
    );
  });

  it('refuses a longer period that allows less', () => {
    assert.throws(
      () => configure({ minute: 5, hour: 3 }),
      /config: The limit for hour\(3\.0\) cannot be lower than the limit for minute\(5\.0\)/,
    );
    assert.throws(
      () => configure({ second: 9, year: 8 }),
      /limit for year\(8\.0\).*second\(9\.0\)/,
    );
  });

  it('needs to know what header or path to count by', () => {
    assert.throws(() => configure({ minute: 1, limit_by: 'header' }), /config\.header_name/);
    assert.throws(() => configure({ minute: 1, limit_by: 'path' }), /config\.path/);
    assert.throws(() => configure({ minute: 1, limit_by: 'path', path: 'x' }), /start with: \//);
  });

  it('takes the old flat names of the Redis settings', () => {
    configure({ minute: 1, redis_host: 'redis.test', redis_port: 6380, redis_ssl: true });
    assert.throws(
      () => configure({ minute: 1, redis_port: 'x' }),
      /redis_port: expected an integer/,
    );
  });
});
