import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { field, fieldValues } from '../support/http-message.ts';
import { head } from '../support/message.ts';
import { Site } from '../support/site.ts';
import { fetchTls } from '../support/tls-client.ts';
import { Methods, together, type Method, type Sent } from './methods.ts';

const methods = await Methods.start();
const { all } = methods;
const pairs = all.flatMap((one, i) => all.slice(i + 1).map((other) => [one, other] as const));
const acl = { name: 'acl', config: { allow: ['staff'] } };
const session = { name: 'session', config: { secret: 'of the test', cookie_secure: false } };

const needed = ({ plugin, config }: Method): object => ({ name: plugin, config });
const optional = ({ plugin, config }: Method): object => ({
  name: plugin,
  config: { ...config, anonymous: 'guest' },
});

const routes: Record<string, readonly object[]> = {};
for (const method of all) {
  routes[`one-${method.plugin}`] = [needed(method)];
  routes[`guests-${method.plugin}`] = [optional(method)];
  routes[`staff-${method.plugin}`] = [needed(method), acl];
  routes[`staff-or-${method.plugin}`] = [optional(method), acl];
  routes[`session-${method.plugin}`] = [session, optional(method)];
}
for (const [one, other] of pairs) {
  routes[`and-${one.plugin}-${other.plugin}`] = [needed(one), needed(other)];
  routes[`or-${one.plugin}-${other.plugin}`] = [optional(one), optional(other)];
  routes[`${one.plugin}-needed-${other.plugin}`] = [needed(one), optional(other)];
  routes[`${other.plugin}-needed-${one.plugin}`] = [needed(other), optional(one)];
}

/** What clients might like the service to believe. */
const FORGED = [
  ...['X-Consumer-ID', 'X-Consumer-Custom-ID', 'X-Consumer-Username', 'X-Consumer-Groups'],
  ...['X-Credential-Identifier', 'X-Authenticated-Groups', 'X-Anonymous-Consumer'],
];

describe('Several authentication plugins', () => {
  const site = new Site({
    listen: '127.0.0.1:0 ssl',
    config: (port) => ({
      _format_version: '3.0',
      ...methods.entities,
      services: [
        {
          name: 'origin',
          url: `http://127.0.0.1:${port}`,
          routes: Object.entries(routes).map(([name, plugins]) => ({
            ...{ name, paths: [`/${name}/`], strip_path: false, plugins },
          })),
        },
      ],
    }),
  });
  before(async () => {
    await site.start();
    await site.serve((exchange) => {
      const said = FORGED.flatMap((name) =>
        fieldValues(exchange.request, name).map((value) => `${name}: ${value}`),
      );
      const name = field(exchange.request, 'x-consumer-username');
      const guest = field(exchange.request, 'x-anonymous-consumer') === 'true';
      const body = JSON.stringify({ name: guest ? `${name} as nobody` : name, said });
      return exchange.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
  });
  after(async () => {
    await site.stop();
    await methods.stop();
  });

  async function send(route: string, { fields = {}, query = '', certificate }: Sent) {
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
    const target = `/${route}/${query === '' ? '' : `?${query}`}`;
    const bytes = head(`GET ${target} HTTP/1.1`, 'Host: gw.test', 'Connection: close', ...lines);
    const options = { servername: 'gw.test', ...certificate };
    return fetchTls(site.gateway.proxyPorts[0] ?? 0, options, bytes);
  }

  /** Who the service takes the sender for, or the status of a refusal. */
  async function outcome(route: string, ...sent: readonly Sent[]): Promise<string | number> {
    const { status, text } = await send(route, together(...sent));
    return status === 200 ? (JSON.parse(text) as { name: string }).name : status;
  }

  const GUEST = 'guest as nobody';

  for (const method of all) {
    const { plugin, proofOf, wrong } = method;
    it(`${plugin} alone wants its proof`, async () => {
      assert.equal(await outcome(`one-${plugin}`), 401);
      assert.equal(await outcome(`one-${plugin}`, wrong), 401);
      assert.equal(await outcome(`one-${plugin}`, proofOf('ada')), 'ada');
      for (const other of all) {
        if (other === method) continue;
        assert.equal(await outcome(`one-${plugin}`, other.proofOf('ada')), 401, other.plugin);
      }
    });

    it(`${plugin} with an anonymous consumer lets others pass as that`, async () => {
      assert.equal(await outcome(`guests-${plugin}`), GUEST);
      assert.equal(await outcome(`guests-${plugin}`, wrong), GUEST);
      assert.equal(await outcome(`guests-${plugin}`, proofOf('eve')), 'eve');
    });

    it(`${plugin} in front of acl`, async () => {
      assert.equal(await outcome(`staff-${plugin}`), 401);
      assert.equal(await outcome(`staff-${plugin}`, proofOf('ada')), 'ada');
      assert.equal(await outcome(`staff-${plugin}`, proofOf('eve')), 403);
      assert.equal(await outcome(`staff-or-${plugin}`), 403);
      assert.equal(await outcome(`staff-or-${plugin}`, wrong), 403);
      assert.equal(await outcome(`staff-or-${plugin}`, proofOf('ada')), 'ada');
    });

    it(`${plugin} or a session of it`, async () => {
      const route = `session-${plugin}`;
      assert.equal(await outcome(route), GUEST);
      const { status, fields } = await send(route, proofOf('ada'));
      assert.equal(status, 200);
      const cookie = /^session=[^;]+/.exec(field({ fields }, 'set-cookie') ?? '')?.[0] ?? '';
      assert.equal(await outcome(route, { fields: { Cookie: cookie } }), 'ada');
      // The last character may stand for no bits of its own.
      const broken = cookie.slice(0, -6) + (cookie.at(-6) === 'A' ? 'B' : 'A') + cookie.slice(-5);
      assert.equal(await outcome(route, { fields: { Cookie: broken } }), GUEST);
      assert.equal(await outcome(route, proofOf('eve')), 'eve');
    });

    it(`${plugin} never lets a client say who it is`, async () => {
      const fields = Object.fromEntries(FORGED.map((name) => [name, 'forged']));
      for (const proof of [proofOf('ada'), {}]) {
        const { text } = await send(`guests-${plugin}`, together({ fields }, proof));
        const { said } = JSON.parse(text) as { said: string[] };
        assert.deepEqual(
          said.filter((line) => line.includes('forged')),
          [],
        );
        assert.ok(said.some((line) => line.startsWith('X-Consumer-Username: ')));
      }
    });
  }

  for (const [one, other] of [...pairs, ...pairs.map(([a, b]) => [b, a] as const)]) {
    it(`${one.plugin} is needed, whatever ${other.plugin} lets pass`, async () => {
      const route = `${one.plugin}-needed-${other.plugin}`;
      assert.equal(await outcome(route), 401);
      assert.equal(await outcome(route, other.proofOf('ada')), 401);
      assert.equal(await outcome(route, one.proofOf('ada')), 'ada');
      assert.equal(await outcome(route, one.proofOf('ada'), other.wrong), 'ada');
    });
  }

  for (const [one, other] of pairs) {
    it(`${one.plugin} and ${other.plugin} want both proofs`, async () => {
      const route = `and-${one.plugin}-${other.plugin}`;
      const [proof, another] = [one.proofOf('ada'), other.proofOf('ada')];
      assert.equal(await outcome(route), 401);
      assert.equal(await outcome(route, proof), 401);
      assert.equal(await outcome(route, another), 401);
      assert.equal(await outcome(route, proof, other.wrong), 401);
      assert.equal(await outcome(route, one.wrong, another), 401);
      assert.equal(await outcome(route, proof, another), 'ada');
    });

    it(`${one.plugin} or ${other.plugin} is enough where both know the anonymous consumer`, async () => {
      const route = `or-${one.plugin}-${other.plugin}`;
      const [proof, another] = [one.proofOf('ada'), other.proofOf('eve')];
      assert.equal(await outcome(route), GUEST);
      assert.equal(await outcome(route, one.wrong, other.wrong), GUEST);
      assert.equal(await outcome(route, proof), 'ada');
      assert.equal(await outcome(route, another), 'eve');
      assert.equal(await outcome(route, one.wrong, another), 'eve');
      assert.equal(await outcome(route, proof, other.wrong), 'ada');
    });
  }
});
