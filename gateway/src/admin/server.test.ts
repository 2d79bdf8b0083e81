import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, it } from 'node:test';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { StoreUnavailable } from '../store/contract.ts';
import type { AdminRequest, Endpoint } from './endpoint.ts';
import type { AdminParts } from './parts.ts';
import { AdminServer } from './server.ts';
import { plainListen, portOf } from '../settings/listen-kinds.ts';

const silent = (): void => {};
const logged: string[] = [];

function echo({ params, query, principal, method }: AdminRequest): {
  status: number;
  body: object;
} {
  return { status: 200, body: { method, params, query: [...query], by: principal.name } };
}

const endpoints: readonly Endpoint[] = [
  {
    path: '/things/{things}',
    methods: { GET: { summary: '', handle: echo }, DELETE: { summary: '', handle: echo } },
  },
  { path: '/things/all', methods: { GET: { summary: '', handle: () => ({ status: 204 }) } } },
  {
    path: '/things',
    methods: {
      POST: {
        summary: '',
        handle: async ({ body }) => ({ status: 201, body: await body() }),
      },
    },
  },
  { path: '/yaml', methods: { POST: { summary: '', accepts: ['yaml'], handle: typeOfBody } } },
  { path: '/closed', methods: {} },
  { path: '/broken', methods: { GET: { summary: '', handle: fail } } },
  {
    path: '/away',
    methods: { GET: { summary: '', handle: isAway }, POST: { summary: '', handle: isAway } },
  },
  { path: '/away/{keys}', methods: { GET: { summary: '', handle: isAway } } },
  { path: '/lost', methods: { GET: { summary: '', handle: isLostAtCommit } } },
  {
    path: '/pieces',
    methods: {
      GET: {
        summary: '',
        handle: () => ({
          status: 200,
          stream: ['one ', 'two'],
          headers: { 'Content-Type': 'a/b' },
        }),
      },
    },
  },
];

async function typeOfBody({ body }: AdminRequest): Promise<{ status: number; body: object }> {
  return { status: 200, body: { type: (await body()).type } };
}

function fail(): never {
  throw new Error('secret detail');
}

function isAway(): never {
  throw new StoreUnavailable('unreachable', 'connect ECONNREFUSED db.internal');
}

function isLostAtCommit(): never {
  throw new StoreUnavailable('unreachable', 'lost', { mayBeDone: true });
}

describe('the listener of the Admin API', () => {
  let server: AdminServer | undefined;

  afterEach(async () => {
    await server?.close();
    server = undefined;
    logged.length = 0;
  });

  async function open(parts: Partial<AdminParts> = {}): Promise<string> {
    const log = {
      debug: silent,
      info: silent,
      warn: silent,
      error: (message: string, details?: object) =>
        void logged.push(`${message} ${JSON.stringify(details)}`),
    };
    await server?.close();
    const live = { current: { revision: 7 } as Snapshot };
    server = await AdminServer.open(plainListen({ host: '127.0.0.1', port: 0 }), {
      live,
      endpoints,
      authenticate: null,
      corsOrigins: [],
      log,
      ...parts,
    });
    return `http://127.0.0.1:${portOf(server.listen)}`;
  }

  async function get(path: string, init?: RequestInit, parts?: Partial<AdminParts>) {
    const response = await fetch(`${await open(parts)}${path}`, init);
    const body = await response.text();
    const { status, headers } = response;
    const isJson = headers.get('content-type')?.includes('json') === true;
    return { status, headers, body: (isJson && body !== '' ? JSON.parse(body) : body) as unknown };
  }

  it('prefers fixed words to parameters, whatever the order', async () => {
    assert.equal((await get('/things/all')).status, 204);
  });

  it('decodes parameters, with slashes in them, and passes over a slash at the end', async () => {
    const { body, headers } = await get('/things/a%2Fb%20%C3%BC%2525/?x=1&x=2');
    assert.deepEqual(body, {
      method: 'GET',
      params: { things: 'a/b ü%25' },
      query: [
        ['x', '1'],
        ['x', '2'],
      ],
      by: 'anybody',
    });
    assert.equal(headers.get('content-type'), 'application/json; charset=utf-8');
    assert.match(headers.get('x-kong-admin-latency') ?? '', /^\d+$/);
    assert.equal(headers.get('x-sluice-revision'), '7');
  });

  it('answers HEAD like GET without a body', async () => {
    const { status, body } = await get('/things/x', { method: 'HEAD' });
    assert.deepEqual([status, body], [200, '']);
  });

  it('tells which methods there are', async () => {
    const { status, headers } = await get('/things/x', { method: 'OPTIONS' });
    assert.equal(status, 204);
    assert.equal(headers.get('allow'), 'DELETE, GET, HEAD, OPTIONS');
    assert.equal(headers.get('access-control-allow-methods'), 'DELETE, GET, HEAD, OPTIONS');
    assert.equal(headers.get('access-control-allow-origin'), null);
  });

  it('answers 405 for other methods, and 404 for other paths and closed ones', async () => {
    const wrong = await get('/things/x', { method: 'PUT' });
    assert.deepEqual([wrong.status, wrong.body], [405, { message: 'Method not allowed' }]);
    for (const path of ['/nothing', '//things/x', '/things/x/y', '/closed', '/THINGS/x']) {
      const { status, body } = await get(path);
      assert.deepEqual([path, status, body], [path, 404, { message: 'Not found' }]);
    }
  });

  it('logs at which endpoint something went wrong, not what was named in the path', async () => {
    await get('/away/some-key');
    assert.match(logged.join(), /"endpoint":"\/away\/:keys"/);
    assert.doesNotMatch(logged.join(), /some-key/);
  });

  it('says nothing of what went wrong inside, and logs it', async () => {
    const { status, body } = await get('/broken');
    assert.deepEqual([status, body], [500, { message: 'An unexpected error occurred' }]);
    assert.match(logged.join(), /secret detail/);
  });

  it('answers 503 with the reason when the store is away, and logs the rest', async () => {
    const { status, body, headers } = await get('/away');
    assert.equal(status, 503);
    const { message } = body as { message: string };
    assert.match(message, /^the database cannot be reached; nothing can be read from it now/);
    assert.equal(headers.get('retry-after'), '1');
    assert.match(logged.join(), /db\.internal/);
  });

  it('says that nothing was changed to who wanted to change something', async () => {
    const { status, body } = await get('/away', { method: 'POST' });
    assert.equal(status, 503);
    assert.deepEqual(body, { message: 'the database cannot be reached; nothing was changed' });
  });

  it('does not say that nothing was changed when nobody knows', async () => {
    const { status, body } = await get('/lost');
    assert.equal(status, 503);
    const { message } = body as { message: string };
    assert.match(message, /cannot be reached; it was lost while it committed the change/);
    assert.doesNotMatch(message, /nothing was changed/);
  });

  it('sends a body in pieces', async () => {
    const { body, headers } = await get('/pieces');
    assert.equal(body, 'one two');
    assert.equal(headers.get('content-type'), 'a/b');
  });

  describe('reads bodies', () => {
    async function post(body: string | FormData | undefined, type?: string, path = '/things') {
      const headers = type === undefined ? {} : { 'Content-Type': type };
      const raw = typeof body === 'string' ? new TextEncoder().encode(body) : body;
      return get(path, { method: 'POST', headers, ...(raw === undefined ? {} : { body: raw }) });
    }

    it('of the types that Kong knows, by what the type contains', async () => {
      for (const [type, text] of [
        ['application/json; charset=utf-8', '{"a":"1"}'],
        ['application/jsonx', '{"a":"1"}'],
        ['application/x-www-form-urlencoded', 'a=1'],
      ] as const) {
        const { body } = await post(text, type);
        assert.deepEqual((body as { value: unknown }).value, { a: '1' }, type);
      }
      const form = new FormData();
      form.set('a.b', '1');
      const { body } = await post(form);
      assert.deepEqual((body as { value: unknown }).value, { a: { b: '1' } });
    });

    it('that are missing as nothing', async () => {
      const { status, body } = await post(undefined);
      assert.deepEqual([status, body], [201, { type: 'none', value: {}, text: '' }]);
    });

    it('and answers 415 to other types', async () => {
      for (const type of ['text/plain', 'Application/JSON', 'application/yaml', undefined]) {
        assert.equal((await post('{}', type)).status, 415, String(type));
      }
      assert.equal((await post('a: 1', 'application/yaml', '/yaml')).status, 200);
    });

    it('and answers 400 to what is not what it says', async () => {
      const { status, body } = await post('{', 'application/json');
      assert.deepEqual([status, body], [400, { message: 'Cannot parse JSON body' }]);
      assert.equal((await post('x', 'multipart/form-data; boundary=B')).status, 400);
    });

    it('and answers 413 to one that is too large, announced or not', async () => {
      const { status } = await post('x'.repeat(10 * 1024 * 1024 + 1), 'application/json');
      assert.equal(status, 413);
      const chunk = new Uint8Array(1024 * 1024);
      let left = 12;
      const body = new ReadableStream({
        pull: (controller) => (left-- > 0 ? controller.enqueue(chunk) : controller.close()),
      });
      const init = {
        method: 'POST',
        body,
        duplex: 'half',
        headers: { 'Content-Type': 'application/json' },
      };
      assert.equal((await get('/things', init as RequestInit)).status, 413);
    });

    it('and refuses two content types', async () => {
      await open();
      const socket = connect(server === undefined ? 0 : portOf(server.listen), '127.0.0.1');
      await once(socket, 'connect');
      socket.end(
        'POST /things HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n' +
          'Content-Type: application/json\r\nContent-Type: text/plain\r\n\r\n{}',
      );
      const answer = await text(socket);
      assert.match(answer, /^HTTP\/1\.1 400 [^]*Multiple Content-Type headers not allowed/);
    });
  });

  describe('with tokens', () => {
    const authenticate: AdminParts['authenticate'] = (secret) =>
      Promise.resolve(secret === 'right' ? { tokenId: '1', name: 'ann' } : undefined);

    it('lets in who has one, in either header', async () => {
      for (const headers of [{ Authorization: 'Bearer right' }, { 'Kong-Admin-Token': 'right' }]) {
        const { body } = await get('/things/x', { headers }, { authenticate });
        assert.equal((body as { by: string }).by, 'ann');
      }
    });

    it('answers 401 to all others, wherever they ask', async () => {
      for (const headers of [{}, { Authorization: 'Bearer wrong' }, { 'Kong-Admin-Token': 'no' }]) {
        for (const [method, path] of [
          ['GET', '/things/x'],
          ['GET', '/nothing'],
          ['PUT', '/things'],
          ['HEAD', '/things/x'],
          ['OPTIONS', '/things'],
        ]) {
          const init = { method: method ?? '', headers };
          const { status, headers: answered } = await get(path ?? '', init, { authenticate });
          assert.equal(status, 401, `${method} ${path}`);
          assert.match(answered.get('www-authenticate') ?? '', /^Bearer /);
          assert.equal(answered.get('x-sluice-revision'), null);
        }
      }
    });
  });

  describe('without tokens', () => {
    it('refuses pages of other origins, which can send a form to loopback', async () => {
      const headers = { Origin: 'https://evil.test' };
      const { status } = await get('/things', { method: 'POST', headers });
      assert.equal(status, 403);
    });

    it('refuses names that are not loopback, which a page may have bound to it', async () => {
      await open();
      const socket = connect(server === undefined ? 0 : portOf(server.listen), '127.0.0.1');
      await once(socket, 'connect');
      socket.end('GET /things/x HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n');
      assert.match(await text(socket), /^HTTP\/1\.1 403 /);
    });
  });

  describe('with origins configured', () => {
    it('lets their pages read answers, and no others', async () => {
      const corsOrigins = ['https://console.test'];
      const allowed = { headers: { Origin: 'https://console.test' } };
      const { headers } = await get('/things/x', allowed, { corsOrigins });
      assert.equal(headers.get('access-control-allow-origin'), 'https://console.test');
      assert.match(headers.get('access-control-expose-headers') ?? '', /\bX-Sluice-Warning\b/);
      const other = await get(
        '/things/x',
        { method: 'OPTIONS', headers: { Origin: 'https://b.test' } },
        { corsOrigins },
      );
      assert.equal(other.headers.get('access-control-allow-origin'), null);
    });

    it('tell browsers what a page may send, before they have its token', async () => {
      const corsOrigins = ['https://console.test'];
      const authenticate = () => Promise.resolve(undefined);
      const ask = (origin: string, more = {}) =>
        get(
          '/things',
          { method: 'OPTIONS', headers: { Origin: origin, ...more } },
          { corsOrigins, authenticate },
        );
      const preflight = { 'Access-Control-Request-Method': 'POST' };
      assert.equal((await ask('https://console.test', preflight)).status, 204);
      assert.equal((await ask('https://console.test')).status, 401);
      assert.equal((await ask('https://other.test', preflight)).status, 401);
    });

    it('answers as Kong does when all may', async () => {
      const { headers } = await get('/things/x', { method: 'OPTIONS' }, { corsOrigins: ['*'] });
      assert.equal(headers.get('access-control-allow-origin'), '*');
      assert.equal(headers.get('access-control-allow-credentials'), 'true');
      assert.equal(headers.get('access-control-allow-headers'), 'Content-Type');
    });
  });
});
