/**
 * What finding a route costs: ns a match, ms to build and bytes a route, by the shape and the number
 * of routes. Usage: node --expose-gc bench/micro/router.ts [shape…]
 */
import { createMatchResult, buildRouter } from '../../gateway/src/proxy/router/build-router.ts';
import type { RouteQuery, Router, RouterInput } from '../../gateway/src/proxy/router/router.ts';
import type { RouteRecord } from '../../gateway/src/snapshot/records.ts';

interface Shape {
  readonly name: string;
  readonly about: string;
  readonly sizes: readonly number[];
  route(i: number): Partial<RouteRecord>;
  query(i: number): Partial<RouteQuery>;
}

const SIZES = [1, 100, 10_000];
const QUERIES = 1024;
const HEADERS: readonly string[] = [];

const shapes: Shape[] = [
  {
    name: 'prefixes',
    about: 'a prefix each',
    sizes: [...SIZES, 100_000],
    route: (i) => ({ paths: [`/api/v1/service-${i}`] }),
    query: (i) => ({ path: `/api/v1/service-${i}/orders/123` }),
  },
  {
    name: 'hosts',
    about: 'a host each, path /',
    sizes: [...SIZES, 100_000],
    route: (i) => ({ hosts: [`shop-${i}.example.com`], paths: ['/'] }),
    query: (i) => ({ host: `shop-${i}.example.com`, path: '/catalogue/items/123' }),
  },
  {
    name: 'wildcard-hosts',
    about: 'a wildcard host each, path /',
    sizes: SIZES,
    route: (i) => ({ hosts: [`*.shop-${i}.example.com`], paths: ['/'] }),
    query: (i) => ({ host: `www.shop-${i}.example.com`, path: '/catalogue/items/123' }),
  },
  {
    name: 'one-host',
    about: 'a prefix and method each under one host',
    sizes: SIZES,
    route: (i) => ({ hosts: ['api.example.com'], paths: [`/v1/service-${i}/`], methods: ['GET'] }),
    query: (i) => ({ host: 'api.example.com', path: `/v1/service-${i}/orders/123` }),
  },
  {
    name: 'no-match',
    about: 'a prefix each, none fits',
    sizes: SIZES,
    route: (i) => ({ paths: [`/api/v1/service-${i}`] }),
    query: (i) => ({ path: `/api/v2/service-${i}/orders/123` }),
  },
  {
    name: 'headers',
    about: 'one path, a header value each',
    sizes: SIZES,
    route: (i) => ({ paths: ['/api'], headers: { 'X-Tenant': [`tenant-${i}`] } }),
    query: (i) => ({ path: '/api/orders', foldedHeaderValues: headerOf(`tenant-${i}`) }),
  },
  {
    name: 'regexes',
    about: 'a regular expression each, own literal start',
    sizes: SIZES,
    route: (i) => ({ paths: [`~/api/service-${i}/(?<id>\\d+)$`] }),
    query: (i) => ({ path: `/api/service-${i}/123` }),
  },
  {
    name: 'openapi',
    about: 'regular expressions by tens with one literal start',
    sizes: SIZES,
    route: (i) => ({ paths: [`~/api/res-${Math.floor(i / 10)}/(?<id>[^#?/]+)/action-${i % 10}$`] }),
    query: (i) => ({ path: `/api/res-${Math.floor(i / 10)}/abc-123/action-${i % 10}` }),
  },
  {
    name: 'regexes-alike',
    about: 'a regular expression each, no literal start',
    sizes: SIZES,
    route: (i) => ({ paths: [`~/[a-z]+/item-${i}$`] }),
    query: (i) => ({ path: `/shop/item-${i}` }),
  },
  {
    name: 'regexes-complex',
    about: 'the same for the general engine',
    sizes: [1, 100, 1000],
    route: (i) => ({ paths: [`~/.*/item-${i}$`] }),
    query: (i) => ({ path: `/shop/item-${i}` }),
  },
];

function headerOf(value: string): () => readonly string[] {
  const values = [value];
  return () => values;
}

function recordOf(i: number, fields: Partial<RouteRecord>): RouteRecord {
  return {
    id: `00000000-0000-4000-8000-${i.toString(16).padStart(12, '0')}`,
    protocols: ['http', 'https'],
    https_redirect_status_code: 426,
    regex_priority: 0,
    strip_path: true,
    path_handling: 'v0',
    preserve_host: false,
    request_buffering: true,
    response_buffering: true,
    ...fields,
  };
}

/** As the parser hands it over: a part of a longer string, not seen before. */
function fresh(text: string): string {
  return `GET ${text} HTTP/1.1\r\n`.slice(4, 4 + text.length);
}

function queriesOf(shape: Shape, size: number): RouteQuery[] {
  const step = size / QUERIES;
  return Array.from({ length: QUERIES }, (_, n) => {
    const fields = shape.query(Math.floor(n * step));
    return {
      method: 'GET',
      scheme: 'http' as const,
      port: 8000,
      sni: '',
      search: '',
      clientIp: '192.0.2.1',
      clientPort: 50_000,
      connection: { localAddress: '192.0.2.2' },
      foldedHeaderValues: fields.foldedHeaderValues ?? (() => HEADERS),
      host: fresh(fields.host ?? 'gw.example.com'),
      path: fresh(fields.path ?? '/'),
    };
  });
}

function heap(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function build(inputs: RouterInput<number>[]): {
  router: Router<number>;
  ms: number;
  slice: number;
} {
  const begin = performance.now();
  const building = buildRouter(inputs);
  let slice = 0;
  for (;;) {
    const start = performance.now();
    const step = building.next();
    slice = Math.max(slice, performance.now() - start);
    if (step.done === true) return { router: step.value, ms: performance.now() - begin, slice };
  }
}

/** A good round of several, ns a match: what else the machine does falls on the bad ones. */
function measure(router: Router<number>, queries: readonly RouteQuery[]): number {
  const result = createMatchResult<number>();
  const rounds: number[] = [];
  let spent = 0;
  while (rounds.length < 5 || (spent < 300 && rounds.length < 400)) {
    const start = performance.now();
    for (const query of queries) router.match(query, result);
    const ms = performance.now() - start;
    spent += ms;
    rounds.push((ms * 1e6) / queries.length);
    if (spent > 5000) break;
  }
  rounds.sort((a, b) => a - b);
  return rounds[Math.floor(rounds.length / 10)]!;
}

const wanted = process.argv.slice(2);
heap();
console.log('shape              routes  ns/match  build ms  longest step ms  bytes/route');
for (const shape of shapes) {
  if (wanted.length > 0 && !wanted.includes(shape.name)) continue;
  for (const size of shape.sizes) {
    const inputs = Array.from({ length: size }, (_, i) => ({
      route: recordOf(i, shape.route(i)),
      target: i,
    }));
    const before = heap();
    const { router, ms, slice } = build(inputs);
    // Below that, what else happens on the heap is more than the router.
    const bytes = size < 1000 ? '' : String(Math.round((heap() - before) / size));
    const ns = measure(router, queriesOf(shape, size));
    console.log(
      `${shape.name.padEnd(16)} ${String(size).padStart(8)} ${ns.toFixed(0).padStart(9)} ` +
        `${ms.toFixed(1).padStart(9)} ${slice.toFixed(2).padStart(16)} ${bytes.padStart(12)}`,
    );
  }
}
