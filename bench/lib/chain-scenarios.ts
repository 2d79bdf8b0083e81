import { siteDocument } from './documents.ts';
import type { Load } from './load.ts';
import { BASE, type Scenario } from './scenario.ts';

const transformers: readonly object[] = [
  {
    name: 'request-transformer',
    config: {
      add: { headers: ['X-Client-Kind:$(headers["user-agent"])', 'X-Stage:live'] },
      remove: { headers: ['X-Debug'], querystring: ['trace'] },
      rename: { headers: ['X-Old-Name:X-New-Name'] },
    },
  },
  {
    name: 'response-transformer',
    config: {
      add: { headers: ['X-Served-By:gateway'] },
      remove: { headers: ['X-Powered-By'] },
    },
  },
  { name: 'cors', config: { origins: ['https://app.example.com'], credentials: true } },
  { name: 'correlation-id', config: { echo_downstream: true } },
];

const guards: readonly object[] = [
  { name: 'ip-restriction', config: { allow: ['127.0.0.0/8'] } },
  { name: 'bot-detection' },
  { name: 'request-size-limiting', config: { allowed_payload_size: 1 } },
  {
    name: 'request-validator',
    config: {
      openapi: {
        openapi: '3.0.3',
        info: { title: 'Orders', version: '1' },
        paths: {
          '/api/orders/{id}': {
            get: {
              parameters: [
                { name: 'id', in: 'path', required: true, schema: { type: 'integer', minimum: 1 } },
                { name: 'page', in: 'query', schema: { type: 'integer' } },
              ],
            },
          },
        },
      },
    },
  },
  {
    name: 'upstream-signature',
    config: {
      keys: [
        { id: 'bench', algorithm: 'HS256', secret: '9c1185a5c5e9fc54612808977ee8f548b2258d31' },
      ],
    },
  },
];

/** What a client that is looked at sends: with nothing in it that would be refused. */
const headers = {
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36',
  Origin: 'https://app.example.com',
  'X-Old-Name': 'value',
};

function chain(
  name: string,
  title: string,
  load: Load,
  plugins: readonly object[],
  goal?: Scenario['goal'],
): Scenario {
  return {
    name,
    title,
    load: { ...load, headers },
    sluices: [
      {
        name: 'Sluice',
        workers: 1,
        document: (port) => siteDocument({ port, routes: 1, path: '/api', plugins }),
      },
    ],
    ...(goal === undefined ? {} : { goal }),
    guarded: false,
    paced: false,
  };
}

/** Several plugins of one kind on every request. */
export function chainScenarios(plain: Load): Scenario[] {
  return [
    chain(
      'transformers',
      'request-transformer, response-transformer, cors, correlation-id',
      plain,
      transformers,
      { atMost: 1.5, of: BASE },
    ),
    chain(
      'guards',
      'ip-restriction, bot-detection, request-size-limiting, request-validator, upstream-signature',
      { ...plain, path: `${plain.path}?page=2` },
      guards,
    ),
  ];
}
