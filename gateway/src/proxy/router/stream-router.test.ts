import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RouteRecord } from '../../snapshot/records.ts';
import { StreamRouter, type StreamQuery } from './stream-router.ts';

const connection: StreamQuery = {
  protocols: ['tcp'],
  sni: '',
  sourceIp: '10.1.2.3',
  sourcePort: 40_000,
  destinationIp: '192.0.2.1',
  destinationPort: 5432,
};

const tls: Partial<StreamQuery> = { protocols: ['tls', 'tls_passthrough'] };

function route(id: string, criteria: Partial<RouteRecord>): RouteRecord {
  return {
    id,
    protocols: ['tcp'],
    https_redirect_status_code: 426,
    regex_priority: 0,
    strip_path: true,
    path_handling: 'v0',
    preserve_host: false,
    request_buffering: true,
    response_buffering: true,
    ...criteria,
  };
}

function routerOf(records: readonly RouteRecord[]): StreamRouter {
  const work = StreamRouter.build(records);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** The route that a connection gets among these, by id. */
function find(
  routes: Readonly<Record<string, Partial<RouteRecord>>>,
  query: Partial<StreamQuery> = {},
): string | null {
  const records = Object.entries(routes).map(([id, criteria]) => route(id, criteria));
  const forward = routerOf(records).match({ ...connection, ...query });
  const backward = routerOf(records.toReversed()).match({ ...connection, ...query });
  assert.deepEqual(forward, backward, 'the order of the routes does not count');
  return forward?.routeId ?? null;
}

describe('A stream route', () => {
  const cases: [
    about: string,
    criteria: Partial<RouteRecord>,
    fits: Partial<StreamQuery>,
    not: Partial<StreamQuery>,
  ][] = [
    [
      'matches by the port it came to',
      { destinations: [{ port: 5432 }] },
      {},
      { destinationPort: 5433 },
    ],
    [
      'matches by the address it came to',
      { destinations: [{ ip: '192.0.2.1' }] },
      {},
      { destinationIp: '192.0.2.2' },
    ],
    [
      'wants address and port of one entry',
      {
        destinations: [
          { ip: '192.0.2.1', port: 1 },
          { ip: '192.0.2.9', port: 5432 },
        ],
      },
      { destinationPort: 1 },
      {},
    ],
    [
      'matches by a block that the client is in, whatever bits stand behind its prefix',
      { sources: [{ ip: '10.255.0.1/8' }] },
      {},
      { sourceIp: '11.1.2.3' },
    ],
    [
      'matches by the port that the client has',
      { sources: [{ port: 40_000 }] },
      {},
      { sourcePort: 40_001 },
    ],
    [
      'knows an IPv6 address in any spelling',
      { sources: [{ ip: '2001:DB8:0:0:0:0:0:1' }] },
      { sourceIp: '2001:db8::1' },
      { sourceIp: '2001:db8::2' },
    ],
    [
      'knows blocks of IPv6',
      { sources: [{ ip: '2001:db8::/32' }] },
      { sourceIp: '2001:db8:7::1' },
      { sourceIp: '10.1.2.3' },
    ],
    [
      'wants source and destination where it names both',
      { sources: [{ ip: '10.1.2.3' }], destinations: [{ port: 5432 }] },
      {},
      { destinationPort: 1 },
    ],
    [
      'matches by server name, whatever its case',
      { protocols: ['tls'], snis: ['Db.Example.'] },
      { ...tls, sni: 'db.example' },
      { ...tls, sni: 'x.example' },
    ],
    [
      'matches by a wildcard on the left of a server name',
      { protocols: ['tls_passthrough'], snis: ['*.example'] },
      { ...tls, sni: 'db.example' },
      { ...tls, sni: 'db.example.org' },
    ],
    [
      'does not match a client that names no server when it names some',
      { protocols: ['tls'], snis: ['*.example', 'a.b'] },
      { ...tls, sni: 'a.b' },
      { ...tls, sni: '' },
    ],
    [
      'is not for connections of another protocol',
      { protocols: ['tls'], destinations: [{ port: 5432 }] },
      tls,
      { protocols: ['tcp'] },
    ],
    [
      'never matches an address when the connection came through a unix socket',
      { sources: [{ ip: '0.0.0.0/0' }] },
      {},
      { sourceIp: 'unix:' },
    ],
  ];
  for (const [about, criteria, fits, not] of cases) {
    it(about, () => {
      assert.equal(find({ a: criteria }, fits), 'a');
      assert.equal(find({ a: criteria }, not), null);
    });
  }

  it('leaves server names alone where there is no TLS', () => {
    assert.equal(find({ a: { protocols: ['tcp', 'tls'], snis: ['a.test'] } }), 'a');
  });

  it('says in which of its protocols a connection is served', () => {
    const router = routerOf([
      route('a', { protocols: ['tls_passthrough'], snis: ['pass.test'] }),
      route('b', { protocols: ['tcp', 'tls'], destinations: [{ port: 5432 }] }),
    ]);
    const protocolOf = (query: Partial<StreamQuery>): string | undefined =>
      router.match({ ...connection, ...query })?.protocol;
    assert.equal(protocolOf({ ...tls, sni: 'pass.test' }), 'tls_passthrough');
    assert.equal(protocolOf({ ...tls, sni: 'other.test' }), 'tls');
    assert.equal(protocolOf({}), 'tcp');
  });

  it('is nothing for routes of HTTP', () => {
    assert.equal(find({ a: { protocols: ['http', 'https'] } }), null);
  });
});

describe('Among stream routes that fit,', () => {
  const port = { destinations: [{ port: 5432 }] };
  const named = { protocols: ['tls'], snis: ['a.test'] };
  const query = { ...tls, sni: 'a.test' };

  it('one with a server name goes before one with a destination', () => {
    assert.equal(find({ a: named, b: { ...port, protocols: ['tls'] } }, query), 'a');
  });

  it('source and destination together are worth as much as a server name', () => {
    const both = { ...port, protocols: ['tls'], sources: [{ ip: '10.1.2.3' }] };
    assert.equal(find({ a: both, b: named }, query), 'a');
  });

  it('sources go before destinations', () => {
    const exact = { destinations: [{ ip: '192.0.2.1', port: 5432 }] };
    assert.equal(find({ a: { sources: [{ ip: '10.0.0.0/8' }] }, b: exact }), 'a');
  });

  it('an address goes before a port, and a port before a block', () => {
    const address = { destinations: [{ ip: '192.0.2.1' }] };
    const block = { destinations: [{ ip: '192.0.2.0/24' }] };
    assert.equal(find({ a: address, b: port, c: block }), 'a');
    assert.equal(find({ b: port, c: block }), 'b');
  });

  it('the one with the larger id goes first when all else is equal', () => {
    assert.equal(find({ a: port, b: port }), 'b');
    assert.equal(find({ a: named, b: { protocols: ['tls'], snis: ['*.test'] } }, query), 'b');
  });
});

describe('a stream route with an expression', () => {
  it('is found by what it says of the connection', () => {
    const expression =
      'net.src.ip in 10.0.0.0/8 && net.dst.port == 5432 && (net.src.port > 100 || tls.sni == "x")';
    const router = routerOf([route('a', { expression, priority: 0 })]);
    assert.equal(router.match(connection)?.routeId, 'a');
    assert.equal(router.match({ ...connection, sourceIp: '192.0.2.9' }), null);
    assert.equal(router.match({ ...connection, destinationPort: 1 }), null);
  });

  it('is found by server name among many', () => {
    const named = Array.from({ length: 100 }, (_, i) =>
      route(`r${i}`, { protocols: ['tls'], expression: `tls.sni == "h${i}.Test"`, priority: 0 }),
    );
    const router = routerOf(named);
    assert.equal(router.match({ ...connection, ...tls, sni: 'h7.test' })?.routeId, 'r7');
    assert.equal(router.match({ ...connection, ...tls, sni: 'h100.test' }), null);
  });

  it('goes before every route without one, the higher priority before the lower', () => {
    const port = 'net.dst.port == 5432';
    const router = routerOf([
      route('z', { sources: [{ ip: '10.1.2.3', port: 40_000 }], destinations: [{ port: 5432 }] }),
      route('a', { expression: port, priority: 1 }),
      route('b', { expression: port, priority: 2 ** 46 - 1 }),
      route('c', { expression: port, priority: 2 ** 46 - 2 }),
    ]);
    assert.equal(router.match(connection)?.routeId, 'b');
  });

  it('knows the protocol in which it would be served', () => {
    const expression = 'net.protocol == "tls"';
    const router = routerOf([route('a', { protocols: ['tcp', 'tls'], expression, priority: 0 })]);
    assert.equal(router.match(connection), null);
    assert.deepEqual(router.match({ ...connection, ...tls }), { routeId: 'a', protocol: 'tls' });
  });
});
