import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ask, ALL_PROTOCOLS, PROTOCOLS } from '../support/protocols.ts';
import { head } from '../support/message.ts';
import { useSite } from '../support/site.ts';
import { until, within } from '../support/until.ts';

/** More than is kept for another attempt, so that a body is on its way when it turns out too long. */
const LIMIT_KILOBYTES = 128;
const LIMIT = LIMIT_KILOBYTES * 1024;

describe('request-size-limiting', () => {
  const site = useSite({
    listen: ALL_PROTOCOLS,
    service: {
      plugins: [
        {
          name: 'request-size-limiting',
          config: { allowed_payload_size: LIMIT_KILOBYTES, size_unit: 'kilobytes' },
        },
      ],
    },
  });
  const piece = 16 * 1024;
  const chunk = `${piece.toString(16)}\r\n${'b'.repeat(piece)}\r\n`;
  const chunked = head('POST / HTTP/1.1', 'Host: h', 'Transfer-Encoding: chunked');

  for (const protocol of PROTOCOLS) {
    it(`counts by ${protocol} a body whose length nobody told`, async () => {
      await site.serve(async (exchange) => {
        const body = await exchange.readBody();
        if (body.complete) await exchange.send(200, String(body.bytes.length));
      });
      const send = (body: Buffer) =>
        within(
          'the answer',
          ask(protocol, site.gateway.proxyPorts, '/', {
            method: 'POST',
            headers: protocol.startsWith('h2') ? {} : { 'transfer-encoding': 'chunked' },
            body,
          }),
        );
      const whole = await send(Buffer.alloc(LIMIT, 'b'));
      assert.equal(whole.status, 200);
      assert.equal(await whole.text(), String(LIMIT));
      const refused = await send(Buffer.alloc(LIMIT + 1, 'b'));
      assert.equal(refused.status, 413);
      assert.match(await refused.text(), /Request size limit exceeded/);
      const line = await until('the line of the refusal', () =>
        site.gateway.accessLines().findLast((entry) => entry.status === 413),
      );
      assert.equal(line.reason, 'body_too_large');
      const complete = site.origin.exchanges.filter(({ body }) => body?.complete === true);
      assert.equal(complete.length, 1);
    });
  }

  it('does not ask the service where the length is known', async () => {
    const client = await site.connect();
    client.send(head('POST / HTTP/1.1', 'Host: h', `Content-Length: ${LIMIT + 1}`));
    assert.equal((await client.response('POST')).status, 413);
    assert.equal(site.origin.exchanges.length, 0);
  });

  it('answers 417 at once to a client that asks first', async () => {
    const client = await site.connect();
    client.send(
      head('POST / HTTP/1.1', 'Host: h', 'Expect: 100-continue', `Content-Length: ${LIMIT + 1}`),
    );
    assert.equal((await client.response('POST')).status, 417);
    assert.equal(site.origin.exchanges.length, 0);
  });

  it('cuts a response off that has begun when the body turns out too long', async () => {
    await site.serve(async (exchange) => {
      await exchange.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbeginning');
    });
    const client = await site.connect();
    client.send(chunked + chunk);
    assert.equal((await client.head()).status, 200);
    for (let sent = piece; sent <= LIMIT; sent += piece) client.send(chunk);
    assert.equal((await client.stream.readBytes(9, 'the beginning')).toString(), 'beginning');
    await client.ending();
    const line = await until('the line of the request', () =>
      site.gateway.accessLines().findLast(({ aborted }) => aborted !== null),
    );
    assert.equal(line.aborted, 'client');
  });
});
