import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { AdminClient } from '../support/admin-client.ts';
import { runSluiceHere } from '../support/cli.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { field } from '../support/http-message.ts';
import { get, head } from '../support/message.ts';
import { startOrigin, type Origin } from '../support/origin.ts';
import { until } from '../support/until.ts';
import { fetchOnce, type Response } from '../support/raw-client.ts';
import { unusedPort } from '../support/unused-port.ts';
import { Client, greet, Upstream } from '../stream/stream-site.ts';

const flags = ['--router-flavor', 'expressions'];

describe('Routes with expressions', () => {
  let origin: Origin;
  let upstream: Upstream;
  let gateway: Gateway;
  let streamPort = 0;

  before(async () => {
    origin = await startOrigin();
    upstream = await new Upstream(greet('hello')).listen();
    streamPort = await unusedPort();
    const service = { url: `http://127.0.0.1:${origin.port}` };
    gateway = await startGateway({
      config: {
        _format_version: '3.0',
        services: [
          {
            name: 'http',
            ...service,
            routes: [
              { name: 'orders', expression: 'http.path ^= "/orders"', priority: 1 },
              {
                name: 'new-orders',
                expression: 'http.path ^= "/orders" && http.method == "POST"',
                priority: 2,
                strip_path: false,
              },
              {
                name: 'user',
                expression: 'http.path ~ r#"^/users/(?<id>\\d+)"#',
              },
              { name: 'secret', expression: 'http.path == "/secret"', protocols: ['https'] },
              {
                name: 'moved',
                expression: 'http.path == "/moved"',
                protocols: ['https'],
                https_redirect_status_code: 301,
              },
              { name: 'classic', paths: ['/orders/classic', '/classic'] },
            ],
          },
          {
            name: 'stream',
            url: `tcp://127.0.0.1:${upstream.port}`,
            routes: [
              {
                name: 'stream',
                protocols: ['tcp'],
                expression: `net.dst.port == ${streamPort} && net.src.ip in 127.0.0.0/30`,
              },
            ],
          },
        ],
      },
      flags: [...flags, '--stream-listen', `127.0.0.1:${streamPort}`],
    });
  });

  after(async () => {
    await gateway?.stop();
    upstream?.close();
    await origin?.stop();
  });

  /** What the origin was asked for. */
  async function targetOf(request: string): Promise<string | undefined> {
    await origin.reset();
    assert.equal((await fetchOnce(gateway.proxyPort, request)).status, 200);
    return origin.exchanges[0]?.request.target;
  }

  function fetch(path: string): Promise<Response> {
    return fetchOnce(gateway.proxyPort, get(path));
  }

  it('strip what they matched, if they do', async () => {
    assert.equal(await targetOf(get('/orders/7')), '/7');
    const post = head('POST /orders/7 HTTP/1.1', 'Host: h', 'Content-Length: 0');
    assert.equal(await targetOf(post), '/orders/7');
    assert.equal(await targetOf(get('/users/12/cart')), '/cart');
  });

  it('go before routes of criteria, which still work', async () => {
    assert.equal(await targetOf(get('/orders/classic/1')), '/classic/1');
    assert.equal(await targetOf(get('/classic/1')), '/1');
  });

  it('ask for TLS where they are for nothing else', async () => {
    const refused = await fetch('/secret');
    assert.equal(refused.status, 426);
    assert.equal(field(refused, 'upgrade'), 'TLS/1.2, HTTP/1.1');
    const moved = await fetch('/moved');
    assert.deepEqual([moved.status, field(moved, 'location')], [301, 'https://origin.test/moved']);
  });

  it('are for streams too', async () => {
    const near = new Client(streamPort, '127.0.0.1');
    assert.equal(await near.text(5), 'hello');
    near.socket.destroy();
    const far = new Client(streamPort, '127.0.0.9');
    await assert.rejects(far.text(1));
    far.socket.destroy();
  });
});

describe('The Admin API where expressions are chosen', () => {
  let gateway: Gateway;
  let admin: AdminClient;
  let origin: Origin;

  before(async () => {
    origin = await startOrigin();
    gateway = await startGateway({ flags });
    admin = new AdminClient(gateway.adminPort);
    await admin.json('PUT', '/services/s', { url: `http://127.0.0.1:${origin.port}` });
  });

  after(async () => {
    admin?.close();
    await gateway?.stop();
    await origin?.stop();
  });

  it('says so', async () => {
    const { configuration } = await admin.json('GET', '/');
    assert.equal((configuration as { router_flavor: string }).router_flavor, 'expressions');
    const { fields } = await admin.json('GET', '/schemas/routes');
    const names = (fields as object[]).flatMap((each) => Object.keys(each));
    assert.ok(names.includes('expression') && names.includes('priority'));
  });

  it('takes a route with an expression, serves it and shows it', async () => {
    const expression = 'http.path == "/made"';
    const route = await admin.json('PUT', '/services/s/routes/made', { expression, priority: 3 });
    assert.deepEqual([route['expression'], route['priority']], [expression, 3]);
    const shown = await admin.json('GET', '/routes/made');
    assert.equal(shown['expression'], expression);
    await until('it is served', async () => {
      return (await fetchOnce(gateway.proxyPort, get('/made'))).status === 200;
    });
  });

  it('tells what is wrong with an expression', async () => {
    for (const [method, path] of [
      ['POST', '/routes'],
      ['POST', '/schemas/routes/validate'],
    ] as const) {
      const { status, text } = await admin.send(method, path, { expression: 'http.nope == "a"' });
      assert.equal(status, 400);
      assert.match(text, /Router Expression failed validation:.*unknown field http\.nope/s);
    }
  });
});

describe('A file with expressions', () => {
  const text = `_format_version: '3.0'
routes:
  - name: good
    expression: http.path ^= "/a"
  - name: bad
    expression: http.path == 1
`;

  it('is judged as the node would that it is for', async () => {
    const judged = await runSluiceHere(['check', ...flags, '-'], [text]);
    assert.equal(judged.code, 1);
    assert.match(judged.stdout + judged.stderr, /5:.*http\.path == needs text/s);
    const other = await runSluiceHere(['check', '-'], [text]);
    assert.match(other.stdout + other.stderr, /expression: .*--router-flavor expressions/);
  });
});

describe('A node without expressions on a store that has some', () => {
  it('does not serve their routes, and says so', async () => {
    const origin = await startOrigin();
    const data = mkdtempSync(join(tmpdir(), 'sluice-expressions-'));
    const writer = await startGateway({ flags, data });
    const admin = new AdminClient(writer.adminPort);
    await admin.json('PUT', '/services/s', { url: `http://127.0.0.1:${origin.port}` });
    await admin.json('PUT', '/services/s/routes/r', { expression: 'http.path == "/made"' });
    admin.close();
    await writer.stop();
    const reader = await startGateway({ data });
    try {
      for (const path of ['/made', '/other']) {
        assert.equal((await fetchOnce(reader.proxyPort, get(path))).status, 404);
      }
      const status = await reader.status();
      assert.match(JSON.stringify(status), /--router-flavor expressions/);
    } finally {
      await reader.stop();
      await origin.stop();
      rmSync(data, { recursive: true });
    }
  });
});
