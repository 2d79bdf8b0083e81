import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { get, head } from '../support/message.ts';
import { useSite } from '../support/site.ts';
import { until } from '../support/until.ts';

const never = new Promise<void>(() => undefined);

describe('A client that goes away', () => {
  const site = useSite();

  it('while the upstream thinks, ends the upstream request', async () => {
    await site.serve(() => never);
    const client = await site.connect();
    client.send(get());
    const { connection } = await site.origin.exchange();
    client.reset();
    await until('the upstream sees the end', () => connection.ending !== null);
  });

  it('by closing in order, ends the upstream request too', async () => {
    // FIN may also mean «I only read from here on», but nobody can tell, and closing is what it means.
    await site.serve(() => never);
    const client = await site.connect();
    client.send(get());
    const { connection } = await site.origin.exchange();
    client.end();
    await until('the upstream sees the end', () => connection.ending !== null);
  });

  it('in the middle of a response, ends the upstream request', async () => {
    await site.serve(async (exchange) => {
      await exchange.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\npart');
      await never;
    });
    const client = await site.connect();
    client.send(get());
    await client.head();
    client.reset();
    const { connection } = await site.origin.exchange();
    await until('the upstream sees the end', () => connection.ending !== null);
  });

  it('in the middle of its body, never lets the upstream take the body for complete', async () => {
    await site.serve(async (exchange) => {
      await exchange.readBody();
    });
    const client = await site.connect();
    client.send(head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 10') + '12345');
    const exchange = await site.origin.exchange();
    client.reset();
    await until('the upstream sees the end', () => exchange.body !== null);
    assert.equal(exchange.body?.complete, false);
  });

  it('in the middle of a chunked body, never lets the upstream take it for complete', async () => {
    await site.serve(async (exchange) => {
      await exchange.readBody();
    });
    const client = await site.connect();
    client.send(
      head('POST / HTTP/1.1', 'Host: h', 'Transfer-Encoding: chunked') + '5\r\n12345\r\n',
    );
    const exchange = await site.origin.exchange();
    client.close();
    await until('the upstream sees the end', () => exchange.body !== null);
    assert.equal(exchange.body?.complete, false);
  });

  it('is named in the access line', async () => {
    await site.serve(() => never);
    const client = await site.connect();
    client.send(get('/aborted'));
    await site.origin.exchange();
    client.reset();
    const line = await site.gateway.accessLine((one) => one.path === '/aborted');
    assert.equal(line.aborted, 'client');
  });
});

describe('A response that the upstream cuts short', () => {
  const site = useSite();

  for (const how of ['end', 'reset'] as const) {
    it(`with Content-Length is cut short for the client (${how})`, async () => {
      await site.serve(async (exchange) => {
        await exchange.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345');
        await until('the client has the part', () => client.stream.total > 0);
        exchange[how]();
      });
      const client = await site.connect();
      const response = await client.request(get());
      assert.equal(response.status, 200);
      assert.equal(response.text, '12345');
      assert.equal(response.body.complete, false);
    });

    it(`in chunks is cut short for the client (${how})`, async () => {
      await site.serve(async (exchange) => {
        await exchange.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n');
        await until('the client has the part', () => client.stream.total > 0);
        exchange[how]();
      });
      const client = await site.connect();
      const response = await client.request(get());
      assert.equal(response.text, '12345');
      assert.equal(response.body.complete, false);
    });
  }

  it('in the middle of a chunk is cut short for the client', async () => {
    await site.serve(async (exchange) => {
      await exchange.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n123');
      exchange.end();
    });
    const response = await site.fetch(get());
    assert.equal(response.body.complete, false);
  });

  it('with bad chunks is cut short for the client', async () => {
    await site.serve(async (exchange) => {
      await exchange.write(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nZ\r\n',
      );
    });
    const response = await site.fetch(get());
    assert.equal(response.text, 'abc');
    assert.equal(response.body.complete, false);
  });

  it('that ends with the connection and breaks with RST is cut short for the client', async () => {
    await site.serve(async (exchange) => {
      await exchange.write('HTTP/1.1 200 OK\r\n\r\npart');
      await until('the client has the part', () => client.stream.total > 0);
      exchange.reset();
    });
    const client = await site.connect();
    const response = await client.request(get());
    assert.equal(response.text, 'part');
    assert.equal(response.body.complete, false);
  });

  it('is named in the access line', async () => {
    await site.serve(async (exchange) => {
      await exchange.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345');
      exchange.end();
    });
    await site.fetch(get('/cut-short'));
    const line = await site.gateway.accessLine((one) => one.path === '/cut-short');
    assert.equal(line.aborted, 'upstream');
  });

  for (const [what, bytes] of [
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['an unknown version', 'HTTP/3.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['two framings', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['half a head', 'HTTP/1.1 200 OK\r\nContent-Le'],
  ] as const) {
    it(`before it began is 502: ${what}`, async () => {
      await site.serve(async (exchange) => {
        await exchange.write(bytes);
        exchange.end();
      });
      assert.equal((await site.fetch(get())).status, 502);
    });
  }
});
