import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { field } from '../support/http-message.ts';
import { get, head } from '../support/message.ts';
import type { OriginExchange } from '../support/origin.ts';
import { useSite } from '../support/site.ts';

/** Answers with the request's body, half of the times in chunks. */
async function echo(exchange: OriginExchange): Promise<void> {
  const { bytes } = await exchange.readBody();
  const name = field(exchange.request, 'x-name') ?? '';
  if (!exchange.request.target.startsWith('/chunked')) {
    await exchange.send(200, bytes, [['X-Name', name]]);
    return;
  }
  await exchange.write(`HTTP/1.1 200 OK\r\nX-Name: ${name}\r\nTransfer-Encoding: chunked\r\n\r\n`);
  for (let from = 0; from < bytes.length; from += 10_000) {
    const piece = bytes.subarray(from, from + 10_000);
    await exchange.write(`${piece.length.toString(16)}\r\n`);
    await exchange.write(piece);
    await exchange.write('\r\n');
  }
  await exchange.write('0\r\n\r\n');
}

/** A body that no other request has, of a length that depends on `name` too. */
function bodyOf(name: string): Buffer {
  const seed = createHash('sha256').update(name).digest();
  return Buffer.alloc(seed.readUInt32LE() % 150_000, seed);
}

function requestOf(name: string, body: Buffer, index: number): Buffer {
  const chunked = index % 3 === 0;
  const framing = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`;
  const target = index % 2 === 0 ? '/plain' : '/chunked';
  const start = head(`POST ${target} HTTP/1.1`, 'Host: h', `X-Name: ${name}`, framing);
  if (!chunked) return Buffer.concat([Buffer.from(start), body]);
  const size = body.length === 0 ? '' : `${body.length.toString(16)}\r\n`;
  const end = body.length === 0 ? '0\r\n\r\n' : '\r\n0\r\n\r\n';
  return Buffer.concat([Buffer.from(start + size), body, Buffer.from(end)]);
}

describe('Many clients at once', () => {
  const site = useSite({ workers: 2 });

  it('each get the answers to their own requests, while others break off', async () => {
    await site.serve(echo);
    const breakers = Array.from({ length: 4 }, async () => {
      for (let round = 0; round < 25; round++) {
        const client = await site.connect();
        client.send(
          requestOf('breaker', Buffer.alloc(100_000, 'broken off'), 2).subarray(0, 60_000),
        );
        // Small requests in between, so that breaking off meets every state.
        await site.fetch(get(`/plain/${round}`));
        client.reset();
      }
    });
    const clients = Array.from({ length: 16 }, async (_, number) => {
      const client = await site.connect();
      for (let index = 0; index < 20; index += 2) {
        const names = [`${number}-${index}`, `${number}-${index + 1}`];
        const bodies = names.map(bodyOf);
        names.forEach((name, which) => client.send(requestOf(name, bodies[which]!, index + which)));
        for (const [which, name] of names.entries()) {
          const response = await client.response('POST');
          assert.equal(response.status, 200);
          assert.equal(field(response, 'x-name'), name);
          assert.ok(response.body.bytes.equals(bodies[which]!), `body of ${name}`);
        }
      }
    });
    await Promise.all([...clients, ...breakers]);
  });
});
