import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { forwardedLines, UsualForwardedLines, type ForwardedInput } from './forwarded.ts';

const PLAIN: ForwardedInput = {
  trusted: false,
  peerIp: '127.0.0.1',
  clientIp: '127.0.0.1',
  scheme: 'http',
  listenPort: 8000,
  host: 'gw.test',
  path: '/f/x',
  prefix: '/f',
  clientXff: undefined,
  clientProto: undefined,
  clientHost: undefined,
  clientPort: undefined,
  clientPath: undefined,
  clientPrefix: undefined,
};

type Fields = Partial<Record<'for' | 'proto' | 'host' | 'port' | 'path' | 'prefix' | 'ip', string>>;

const PLAIN_FIELDS: Fields = {
  for: '127.0.0.1',
  proto: 'http',
  host: 'gw.test',
  port: '8000',
  path: '/f/x',
  prefix: '/f',
  ip: '127.0.0.1',
};

function read(lines: string): Fields {
  assert.match(lines, /^(?:X-[A-Za-z-]+: [^\r\n]+\r\n)+$/);
  const fields: Record<string, string> = {};
  for (const line of lines.split('\r\n').slice(0, -1)) {
    const [name = '', value = ''] = line.split(': ');
    const short = name.toLowerCase().split('-').at(-1)!;
    assert.equal(fields[short], undefined, `${name} twice`);
    fields[short] = value;
  }
  return fields;
}

/** Input beside the plain one, and what differs in the outcome. */
type Case = [about: string, input: Partial<ForwardedInput>, fields: Fields];

const EVERY_PEER: Case[] = [
  ['a plain request', {}, {}],
  ['a host with a port', { host: 'client.test:8080' }, { host: 'client.test' }],
  ['a host in capitals', { host: 'Upper.Test' }, { host: 'upper.test' }],
  ['a host with a final dot', { host: 'example.com.:80' }, { host: 'example.com' }],
  ['an address in brackets', { host: '[2001:DB8::1]:80' }, { host: '[2001:db8::1]' }],
  ['the path of a whole route', { path: '/f' }, { path: '/f' }],
  ['a path with a final slash', { path: '/f/' }, { path: '/f/' }],
  ['an encoded path', { path: '/f/a%2Fb//..%7e' }, { path: '/f/a%2Fb//..%7e' }],
  ['one earlier hop', { clientXff: '10.1.2.3' }, { for: '10.1.2.3, 127.0.0.1' }],
  [
    'two earlier hops',
    { clientXff: '10.1.2.3, 10.4.5.6' },
    { for: '10.1.2.3, 10.4.5.6, 127.0.0.1' },
  ],
  ['an empty X-Forwarded-For', { clientXff: '' }, {}],
];

const CLAIMS: Case[] = [
  ['X-Forwarded-Proto', { clientProto: 'https' }, { proto: 'https' }],
  ['X-Forwarded-Host', { clientHost: 'public.test' }, { host: 'public.test' }],
  [
    'X-Forwarded-Host with a port',
    { clientHost: 'Public.test:8443' },
    { host: 'Public.test:8443' },
  ],
  ['X-Forwarded-Port', { clientPort: '1234' }, { port: '1234' }],
  ['a port that is no number', { clientPort: 'abc' }, { port: 'abc' }],
  ['X-Forwarded-Path', { clientPath: '/public/f/x' }, { path: '/public/f/x' }],
  ['X-Forwarded-Prefix', { clientPrefix: '/public' }, { prefix: '/public' }],
];

describe('forwarded headers', () => {
  for (const trusted of [false, true]) {
    for (const [about, input, fields] of EVERY_PEER) {
      it(`of ${about} from ${trusted ? 'a trusted' : 'an untrusted'} peer`, () => {
        const lines = forwardedLines({ ...PLAIN, trusted, ...input });
        assert.deepEqual(read(lines), { ...PLAIN_FIELDS, ...fields });
      });
    }
  }

  for (const [about, input, fields] of CLAIMS) {
    it(`take ${about} from a trusted peer`, () => {
      const lines = forwardedLines({ ...PLAIN, trusted: true, ...input });
      assert.deepEqual(read(lines), { ...PLAIN_FIELDS, ...fields });
    });

    it(`take no ${about} from an untrusted peer`, () => {
      assert.deepEqual(read(forwardedLines({ ...PLAIN, ...input })), PLAIN_FIELDS);
    });
  }

  it('take nothing empty from a trusted peer', () => {
    const claims = { clientProto: '', clientHost: '', clientPort: '', clientPath: '' };
    const lines = forwardedLines({ ...PLAIN, trusted: true, ...claims, clientPrefix: '' });
    assert.deepEqual(read(lines), PLAIN_FIELDS);
  });

  it('begin the chain with the client that a trusted peer named', () => {
    const lines = forwardedLines({ ...PLAIN, trusted: true, clientIp: '10.9.9.9' });
    assert.deepEqual(read(lines), { ...PLAIN_FIELDS, for: '10.9.9.9', ip: '10.9.9.9' });
  });

  it('add the peer, not the client, to a chain that is there', () => {
    const chain = { clientIp: '10.9.9.9', clientXff: '10.1.2.3' };
    const { for: forwardedFor, ip } = read(forwardedLines({ ...PLAIN, trusted: true, ...chain }));
    assert.equal(forwardedFor, '10.1.2.3, 127.0.0.1');
    assert.equal(ip, '10.9.9.9');
  });

  for (const prefix of [null, '/']) {
    it(`leave X-Forwarded-Prefix out when ${prefix ?? 'nothing'} is stripped`, () => {
      assert.equal(read(forwardedLines({ ...PLAIN, prefix })).prefix, undefined);
    });
  }

  it('leave X-Forwarded-Host out when the request names no host', () => {
    assert.equal(read(forwardedLines({ ...PLAIN, host: '' })).host, undefined);
  });
});

it('the usual lines are those that anybody gets who is not believed', () => {
  const { peerIp, scheme, listenPort } = PLAIN;
  const usual = new UsualForwardedLines(peerIp, scheme, listenPort);
  for (const host of ['a.example', 'A.example.:81', '', '[::1]:8000', 'a.example']) {
    for (const prefix of [null, '/api']) {
      const path = '/a/b';
      const input = { ...PLAIN, trusted: false, clientXff: undefined, host, path, prefix };
      assert.equal(usual.of(host, path, prefix), forwardedLines({ ...input, clientIp: peerIp }));
    }
  }
});
