import assert from 'node:assert/strict';
import http2 from 'node:http2';
import { after, before, describe, it } from 'node:test';
import { Methods, type Method, type Sent } from '../authentication/methods.ts';
import { field } from '../support/http-message.ts';
import { get } from '../support/message.ts';
import { Site } from '../support/site.ts';

const methods = await Methods.start();
const all = methods.all.filter(({ plugin }) => plugin !== 'mtls-auth');

interface Step {
  readonly sent: Sent;
  readonly expected: string | number;
}

/** Who is who by a method, in an order in which nothing follows from what came before. */
function steps({ proofOf, wrong }: Method): Step[] {
  const ada = { sent: proofOf('ada'), expected: 'ada' };
  const eve = { sent: proofOf('eve'), expected: 'eve' };
  const nobody = { sent: {}, expected: 401 };
  const mallory = { sent: wrong, expected: 401 };
  return [nobody, ada, nobody, ada, ada, mallory, eve, mallory, ada, eve, eve, nobody, nobody, ada];
}

describe('Requests on one connection', () => {
  const site = new Site({
    listen: '127.0.0.1:0 http2',
    config: (port) => ({
      _format_version: '3.0',
      ...methods.entities,
      services: [
        {
          name: 'origin',
          url: `http://127.0.0.1:${port}`,
          routes: all.map(({ plugin: name, config }) => {
            return { name, paths: [`/${name}/`], plugins: [{ name, config }] };
          }),
        },
      ],
    }),
  });
  before(async () => {
    await site.start();
    await site.serve((exchange) => {
      const body = field(exchange.request, 'x-consumer-username') ?? '';
      return exchange.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
  });
  after(async () => {
    await site.stop();
    await methods.stop();
  });

  const targetOf = (plugin: string, { query = '' }: Sent): string =>
    `/${plugin}/${query === '' ? '' : `?${query}`}`;

  function requestOf(plugin: string, sent: Sent): string {
    const lines = Object.entries(sent.fields ?? {}).map(([name, value]) => `${name}: ${value}`);
    return get(targetOf(plugin, sent), ...lines);
  }

  for (const method of all) {
    const { plugin } = method;
    it(`prove to ${plugin} who sends each of them, one after the other`, async () => {
      const client = await site.connect();
      for (const { sent, expected } of steps(method)) {
        const { status, text } = await client.request(requestOf(plugin, sent));
        assert.equal(status === 200 ? text : status, expected);
      }
    });

    it(`prove it to ${plugin} where they do not wait for each other`, async () => {
      const client = await site.connect();
      client.send(
        steps(method)
          .map(({ sent }) => requestOf(plugin, sent))
          .join(''),
      );
      for (const { expected } of steps(method)) {
        const { status, text } = await client.response();
        assert.equal(status === 200 ? text : status, expected);
      }
    });

    it(`prove it to ${plugin} where they come on streams at the same time`, async () => {
      const session = http2.connect(`http://127.0.0.1:${site.gateway.proxyPort}`);
      try {
        await Promise.all(
          steps(method).map(async ({ sent, expected }) => {
            assert.equal(await outcomeOf(session, targetOf(plugin, sent), sent), expected);
          }),
        );
      } finally {
        session.destroy();
      }
    });
  }
});

async function outcomeOf(
  session: http2.ClientHttp2Session,
  path: string,
  { fields = {} }: Sent,
): Promise<string | number> {
  const head: http2.OutgoingHttpHeaders = { ':path': path };
  for (const [name, value] of Object.entries(fields)) head[name.toLowerCase()] = value;
  const stream = session.request(head);
  const status = new Promise<number>((resolve, reject) => {
    stream.once('response', (head) => resolve(Number(head[':status'])));
    stream.once('error', reject);
  });
  const pieces = (await stream.toArray()) as Buffer[];
  return (await status) === 200 ? Buffer.concat(pieces).toString() : status;
}
