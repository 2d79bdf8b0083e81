import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { PeerEnv } from '../peer/peer-state.ts';
import { RemoteKeys, shareRemoteKeys } from './remote-keys.ts';
import { TestIssuer } from './testing/issuer.ts';
import { pairs } from './testing/tokens.ts';

const refused = new Error('refused');
const [first, second] = [pairs.rsa.publicKey, pairs.p256.publicKey];

describe('remote keys', () => {
  let issuer: TestIssuer;
  let keys: RemoteKeys;
  let now = 1_000_000;
  const lines: string[] = [];
  const note = (message: string): void => void lines.push(message);
  const counted: string[] = [];
  const env: PeerEnv = {
    log: { debug: note, info: note, warn: note, error: note },
    metrics: {
      peerAsked: (peer, outcome) => void counted.push(`${peer} ${outcome}`),
      decidedWithout: () => assert.fail('keys decide nothing'),
    },
    now: () => now,
  };
  // However busy the machine is, an answer that comes is in time.
  const options = { ttl: 60_000, mostAge: 600_000, timeout: 60_000 };

  beforeEach(async () => {
    issuer = await TestIssuer.start({ first });
    lines.length = 0;
    counted.length = 0;
    keys = new RemoteKeys({ uri: issuer.uri, ...options }, env);
  });
  afterEach(() => issuer.stop());

  it('are there once they were read, by their ids and algorithms', async () => {
    assert.equal(keys.usable, false);
    await keys.refresh();
    assert.equal(keys.usable, true);
    const key = keys.find('first', 'RS256');
    assert.ok(key !== undefined && keys.has(key));
    assert.equal(keys.find('first', 'ES256'), undefined);
    assert.equal(keys.find('other', 'RS256'), undefined);
    assert.equal(keys.find(null, 'PS256'), key);
  });

  it('without a name are found only where there is no other', async () => {
    issuer.publish({ first, twin: first });
    await keys.refresh();
    assert.equal(keys.find(null, 'RS256'), undefined);
  });

  it('are asked for once, however many want them', async () => {
    await Promise.all(Array.from({ length: 20 }, () => keys.refresh() ?? Promise.reject(refused)));
    assert.equal(issuer.asked, 1);
  });

  it('are not asked for again at once, whoever invents ids', async () => {
    await keys.refresh();
    assert.equal(keys.refresh(), null);
    now += 10_000;
    await keys.refresh();
    assert.equal(issuer.asked, 2);
  });

  it('are waited for by so many requests only', async () => {
    const answers: (() => void)[] = [];
    issuer.answer = (response) => void answers.push(() => response.end('{"keys":[]}'));
    const waiting = Array.from({ length: 300 }, () => keys.refresh()).filter((one) => one !== null);
    assert.equal(waiting.length, 256);
    while (answers.length === 0) await new Promise(setImmediate);
    for (const answer of answers) answer();
    await Promise.all(waiting);
  });

  it('are read again when they are old, without anybody waiting, and change then', async () => {
    await keys.refresh();
    const old = keys.find('first', 'RS256')!;
    issuer.publish({ second });
    now += 60_000;
    assert.equal(keys.find('first', 'RS256'), old);
    while (keys.has(old)) await new Promise(setImmediate);
    assert.equal(keys.find('first', 'RS256'), undefined);
    assert.ok(keys.find('second', 'ES256'));
    assert.equal(issuer.asked, 2);
  });

  it('stay the same where they are read again unchanged', async () => {
    await keys.refresh();
    const key = keys.find('first', 'RS256')!;
    now += 20_000;
    await keys.refresh();
    assert.equal(keys.find('first', 'RS256'), key);
  });

  it('are used for a while when they cannot be read again, and no longer', async () => {
    await keys.refresh();
    await issuer.stop();
    now += 599_000;
    await keys.refresh();
    const key = keys.find('first', 'RS256');
    assert.ok(key);
    now += 1_000;
    assert.equal(keys.usable, false);
    assert.equal(keys.has(key), false);
    assert.equal(keys.find('first', 'RS256'), undefined);
  });

  it('that cannot be read are asked for less and less, and told of once', async () => {
    issuer.answer = (response) => response.writeHead(500).end();
    const asked: number[] = [];
    for (let second = 0; second < 200; second++) {
      now += 1000;
      await keys.refresh();
      asked.push(issuer.asked);
    }
    assert.ok(issuer.asked < 12, `${issuer.asked}`);
    assert.deepEqual(lines, ['the key set cannot be read: the answer has the status 500']);
    issuer.publish({ first });
    now += 60_000;
    await keys.refresh();
    assert.equal(lines.at(-1), 'the key set can be read again');
    assert.equal(keys.usable, true);
    const peer = new URL(issuer.uri).host;
    const ofPeer = counted.filter((one) => one.startsWith(`${peer} `));
    assert.deepEqual(new Set(ofPeer), new Set([`${peer} bad_answer`, `${peer} answered`]));
  });

  it('are refused with the reason', async () => {
    const answers: [(typeof issuer)['answer'], RegExp, timeout?: number][] = [
      [(response) => response.writeHead(404).end(), /status 404/],
      [(response) => response.end('<html>'), /no JSON/],
      [(response) => response.end('{}'), /no JSON Web Key Set/],
      [(response) => response.writeHead(302, { Location: '/other' }).end(), /status 302/],
      [(response) => response.end(`"${'x'.repeat(300_000)}"`), /more than 262144 bytes/],
      [(response) => response.destroy(), /connection failed/],
      [() => undefined, /no answer within 50 ms/, 50],
    ];
    for (const [answer, reason, timeout = options.timeout] of answers) {
      issuer.answer = answer;
      lines.length = 0;
      const uri = issuer.uri;
      await new RemoteKeys({ uri, ...options, timeout }, env).refresh();
      assert.match(lines.join(), reason);
    }
  });

  it('are shared by those who want the same, until nobody does', () => {
    const of = { uri: issuer.uri, ...options };
    const one = shareRemoteKeys(of, env);
    const two = shareRemoteKeys(of, env);
    const other = shareRemoteKeys({ ...of, ttl: 1 }, env);
    assert.equal(one.thing, two.thing);
    assert.notEqual(one.thing, other.thing);
    one.release();
    one.release();
    const third = shareRemoteKeys(of, env);
    assert.equal(third.thing, two.thing);
    two.release();
    third.release();
    assert.notEqual(shareRemoteKeys(of, env).thing, two.thing);
  });
});
