import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { get } from '../support/message.ts';
import type { RawClient, Response } from '../support/raw-client.ts';
import { useSite } from '../support/site.ts';
import { until } from '../support/until.ts';

const PART = 700_000;
const WHOLE = 800_000;
const JSON_TYPE: [string, string][] = [['Content-Type', 'application/json']];

describe('Bodies that plugins hold', () => {
  const site = useSite({
    flags: ['--max-held-bodies', '1MiB'],
    service: {
      plugins: [
        { name: 'request-transformer', config: { add: { body: ['added:1'] } } },
        { name: 'response-transformer', config: { add: { json: ['added:1'] } } },
      ],
    },
  });

  const head =
    'POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nAccept: application/json\r\n';

  async function begin(): Promise<RawClient> {
    const client = await site.connect();
    client.send(`${head}Content-Length: ${WHOLE}\r\n\r\n{"a":"${'a'.repeat(PART)}`);
    return client;
  }

  const rest = (): string => `${'a'.repeat(WHOLE - PART - 8)}"}`;

  async function answers(): Promise<string> {
    const metrics = await (await site.gateway.fetchStatus('/metrics')).text();
    return (
      /sluice_gateway_answers_total\{reason="no_room_for_body"\} (\d+)/.exec(metrics)?.[1] ?? '0'
    );
  }

  it('of requests have a bound together, and are let go with them', async () => {
    const before = Number(await answers());
    const clients = [await begin(), await begin()];
    const first = await Promise.race(
      clients.map(async (client): Promise<[RawClient, Response]> => [
        client,
        await client.response('POST'),
      ]),
    );
    const [refused, response] = first;
    assert.equal(response.status, 503);
    assert.match(response.text, /"message":"Too many bodies are being held"/);
    await site.gateway.logged(/no room for another body.*--max-held-bodies/);
    refused.close();
    // Counted once the exchange is over, which its client may see first.
    await until('it is counted', async () => Number(await answers()) === before + 1);
  });

  it('take no room once they are through or their clients are gone', async () => {
    await site.serve((exchange) => exchange.send(200, '{"a":1}', JSON_TYPE));
    for (let i = 0; i < 3; i++) {
      // That a client is gone shows a moment later.
      await until('there is room', async () => {
        const client = await begin();
        client.send(rest());
        return (await client.response('POST')).status === 200;
      });
      (await begin()).close();
    }
  });

  it('are too large where there would be no room for one even alone', async () => {
    const client = await site.connect();
    client.send(`${head}Content-Length: 1100000\r\n\r\n`);
    assert.equal((await client.response('POST')).status, 413);
    const other = await site.connect();
    other.send(`${head}Transfer-Encoding: chunked\r\n\r\n10c8e0\r\n${'a'.repeat(1_100_000)}`);
    assert.equal((await other.response('POST')).status, 413);
  });

  it('of responses take of the same room', async () => {
    const long = `{"a":"${'a'.repeat(1_100_000)}"}`;
    const holding = await begin();
    await site.serve((exchange) => exchange.send(200, `{"a":"${'a'.repeat(PART)}"}`, JSON_TYPE));
    await until('there is no room', async () => (await site.fetch(get())).status === 503);
    holding.close();
    await site.serve((exchange) => exchange.send(200, long, JSON_TYPE));
    assert.equal((await site.fetch(get())).status, 502);
    await site.serve((exchange) => exchange.send(200, '{"a":1}', JSON_TYPE));
    assert.equal((await site.fetch(get())).text, '{"a":1,"added":"1"}');
  });
});
