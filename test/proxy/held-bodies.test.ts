import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { field } from '../support/http-message.ts';
import { chunks, get, head } from '../support/message.ts';
import { until } from '../support/until.ts';
import { useSite } from '../support/site.ts';

const LIMIT = 1000;
const JSON_HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';

describe('A response that a plugin changes as a whole', () => {
  const plugin = {
    name: 'response-transformer',
    config: { add: { json: ['added:1'], headers: ['X-Seen:1'] }, max_body_size: LIMIT },
  };
  const site = useSite({ service: { plugins: [plugin] } });

  /** A body of a length, of JSON. */
  const long = (length: number): string => `{"a":"${'a'.repeat(length - 8)}"}`;

  it('comes with its new length, once', async () => {
    await site.serve((exchange) =>
      exchange.send(200, '{"a":1}', [['Content-Type', 'application/json']]),
    );
    const response = await site.fetch(get());
    assert.equal(response.text, '{"a":1,"added":"1"}');
    assert.equal(field(response, 'content-length'), '19');
    assert.equal(field(response, 'transfer-encoding'), undefined);
    assert.equal(field(response, 'x-seen'), '1');
  });

  it('is put together from pieces that come one after another', async () => {
    await site.serve(async (exchange) => {
      await exchange.write(
        `${JSON_HEAD}Transfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n3\r\n{"a\r\n`,
      );
      await exchange.write('4\r\n":1}\r\n');
      await exchange.write('0\r\nX-T: t\r\n\r\n');
    });
    const client = await site.connect();
    client.send(get());
    const response = await client.response();
    assert.equal(response.text, '{"a":1,"added":"1"}');
    client.send(get());
    assert.equal((await client.response()).status, 200);
  });

  it('ends with the connection of the service where that has told no length', async () => {
    await site.serve(async (exchange) => {
      await exchange.write(`${JSON_HEAD}Connection: close\r\n\r\n{"a":1}`);
      exchange.end();
    });
    assert.equal((await site.fetch(get())).text, '{"a":1,"added":"1"}');
  });

  it('may be as long as the plugin takes', async () => {
    await site.serve((exchange) =>
      exchange.send(200, long(LIMIT), [['Content-Type', 'application/json']]),
    );
    const response = await site.fetch(get());
    assert.equal(response.status, 200);
    assert.match(response.text, /,"added":"1"\}$/);
  });

  it('is a 502 where it announces more', async () => {
    await site.serve((exchange) =>
      exchange.send(200, long(LIMIT + 1), [['Content-Type', 'application/json']]),
    );
    const response = await site.fetch(get('/', 'Accept: application/json'));
    assert.equal(response.status, 502);
    const body = JSON.parse(response.text) as Record<string, string>;
    assert.equal(body['message'], 'The response of the upstream server is too large');
    assert.equal(body['added'], '1');
  });

  it('is a 502 where more comes in chunks, and the service is left alone', async () => {
    await site.serve(async (exchange) => {
      await exchange.write(`${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\n`);
      for (let i = 0; i < 100 && !exchange.connection.socket.destroyed; i++) {
        await exchange.write(chunks(['a'.repeat(500)]).slice(0, -5));
      }
    });
    assert.equal((await site.fetch(get())).status, 502);
    await until('the service sees the end', () => site.origin.connections[0]?.ending !== null);
  });

  it('is a 502 where it breaks off', async () => {
    await site.serve(async (exchange) => {
      await exchange.write(`${JSON_HEAD}Content-Length: 100\r\n\r\n{"a":1`);
      exchange.end();
    });
    assert.equal((await site.fetch(get())).status, 502);
    assert.equal(site.origin.exchanges.length, 1, 'asked once');
  });

  it('has no length in an answer to HEAD, where that is not known', async () => {
    await site.serve((exchange) => exchange.write(`${JSON_HEAD}Content-Length: 7\r\n\r\n`));
    const client = await site.connect();
    client.send(head('HEAD / HTTP/1.1', 'Host: h'));
    const response = await client.response('HEAD');
    assert.equal(response.status, 200);
    assert.equal(field(response, 'content-length'), undefined);
    assert.equal(field(response, 'x-seen'), '1');
  });

  it('stays as it is without a body', async () => {
    await site.serve((exchange) =>
      exchange.write('HTTP/1.1 304 Not Modified\r\nContent-Type: application/json\r\n\r\n'),
    );
    const response = await site.fetch(get());
    assert.equal(response.status, 304);
    assert.equal(field(response, 'x-seen'), '1');
  });

  it('leaves others streaming', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await site.serve(async (exchange) => {
      await exchange.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n');
      await exchange.write('data: 1\n\n');
      await promise;
      await exchange.write('data: 2\n\n');
      exchange.end();
    });
    const client = await site.connect();
    client.send(get());
    await client.head();
    assert.match(String(await client.stream.readSome('the first event', 100)), /data: 1/);
    resolve();
  });

  it('is changed for the answers of the gateway too', async () => {
    await site.serve((exchange) => exchange.reset());
    const response = await site.fetch(get('/', 'Accept: application/json'));
    assert.equal(response.status, 502);
    assert.equal((JSON.parse(response.text) as Record<string, string>)['added'], '1');
  });
});
