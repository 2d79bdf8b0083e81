import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { jsonIn } from '../fetch-json.ts';
import { badAnswer, PeerFailure } from './failure.ts';
import { Peer, sharePeer, type PeerOptions } from './peer.ts';
import type { PeerEnv } from './peer-state.ts';
import { TestPeer } from './testing/test-peer.ts';

const options: PeerOptions = {
  timeout: 2000,
  keepAlive: 60_000,
  mostAtOnce: 4,
  mostWaiting: 4,
  limit: 1024,
  verify: true,
};

describe('a peer', () => {
  let server: TestPeer;
  let now: number;
  let lines: string[];
  let counted: Record<string, number>;
  const peers: Peer[] = [];
  const note = (message: string): void => void lines.push(message);
  const env: PeerEnv = {
    log: { debug: note, info: note, warn: note, error: note },
    metrics: {
      peerAsked: (_peer, outcome) => (counted[outcome] = (counted[outcome] ?? 0) + 1),
      decidedWithout: () => assert.fail('a peer decides nothing'),
    },
    now: () => now,
  };

  function peerWith(changes: Partial<PeerOptions> = {}): Peer {
    const about = { name: server.name, called: 'the server', help: 'See to it.' };
    const peer = new Peer(about, { ...options, ...changes }, env);
    peers.push(peer);
    return peer;
  }

  const callOf = (url: string) => ({ url: new URL(url), method: 'GET', headers: {}, body: null });
  const ask = (peer: Peer, key: string, owner = 'a'): Promise<unknown> =>
    peer.ask(key, owner, callOf(server.url(`/${key}`)), jsonIn);
  const outcomeOf = (answer: Promise<unknown>): Promise<string> =>
    answer.then(
      () => 'answered',
      (error: unknown) => (error as PeerFailure).outcome,
    );

  beforeEach(async () => {
    now = 1_000_000;
    lines = [];
    counted = {};
    server = await TestPeer.start((_request, response) => void response.end('{"fine":true}'));
  });
  afterEach(async () => {
    for (const peer of peers.splice(0)) peer.close();
    await server.stop();
  });

  it('says what it is asked, on a connection that is kept', async () => {
    const peer = peerWith();
    assert.deepEqual(await ask(peer, 'one'), { fine: true });
    assert.deepEqual(await ask(peer, 'two'), { fine: true });
    assert.equal(server.connections, 1);
    assert.deepEqual(counted, { answered: 2 });
    assert.deepEqual(lines, []);
  });

  it('is asked the same once, however many want to know it', async () => {
    const peer = peerWith();
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(peer, 'same')));
    assert.equal(server.requests.length, 1);
    assert.equal(answers.length, 50);
  });

  it('is asked by so many at the same time, and waited for by so many', async () => {
    const held: ServerResponse[] = [];
    server.answer = (_request, response) => void held.push(response);
    const peer = peerWith();
    const outcomes = Array.from({ length: 12 }, (_, i) => outcomeOf(ask(peer, `q${i}`, `o${i}`)));
    assert.equal(peer.waiting, 8);
    while (held.length < 4) await new Promise(setImmediate);
    server.answer = (_request, response) => void response.end('{}');
    assert.equal(server.requests.length, 4);
    for (const response of held) response.end('{}');
    const settled = await Promise.all(outcomes);
    assert.equal(settled.filter((outcome) => outcome === 'answered').length, 8);
    assert.equal(settled.filter((outcome) => outcome === 'too_many').length, 4);
    assert.equal(peer.waiting, 0);
  });

  it('is not taken from all others by one who asks much', async () => {
    server.answer = () => undefined;
    const peer = peerWith({ timeout: 50 });
    const greedy = Array.from({ length: 8 }, (_, i) => outcomeOf(ask(peer, `g${i}`, 'greedy')));
    assert.equal(peer.waiting, 4);
    const modest = outcomeOf(ask(peer, 'm', 'modest'));
    assert.equal(peer.waiting, 5);
    await Promise.all([...greedy, modest]);
  });

  it('makes nobody wait longer than the time, whether for an answer or for a turn', async () => {
    server.answer = () => undefined;
    const peer = peerWith({ timeout: 80, mostAtOnce: 1, mostWaiting: 7 });
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, i) => outcomeOf(ask(peer, `q${i}`, `o${i}`))),
    );
    assert.deepEqual(outcomes.slice(0, 2), ['timeout', 'timeout']);
    assert.ok(outcomes.every((outcome) => outcome !== 'answered'));
    // Those in line did not get a time of their own once it was their turn.
    assert.equal(server.requests.length, 1);
  });

  it('fails in as many ways as there are, and says how', async () => {
    const stopped = await TestPeer.start(() => undefined);
    const dead = stopped.url('/');
    await stopped.stop();
    const cases: [string, RegExp, (response: ServerResponse) => void][] = [
      ['bad_answer', /status 500/, (response) => response.writeHead(500).end()],
      ['bad_answer', /status 302/, (response) => response.writeHead(302, { Location: '/' }).end()],
      ['bad_answer', /no JSON/, (response) => response.end('<html>')],
      ['bad_answer', /more than 1024 bytes/, (response) => response.end(`"${'x'.repeat(2000)}"`)],
      ['bad_answer', /no HTTP/, (response) => response.socket?.end('nonsense\r\n\r\n')],
      ['no_connection', /connection failed/, (response) => response.destroy()],
      ['timeout', /within 50 ms/, () => undefined],
      [
        ...(['no_connection', /cut short/] as const),
        (response) => {
          response.writeHead(200, { 'Content-Length': '100' });
          response.write('{', () => response.destroy());
        },
      ],
      [
        ...(['timeout', /within 50 ms/] as const),
        (response) => void response.writeHead(200).write('{'),
      ],
    ];
    for (const [outcome, reason, answer] of cases) {
      server.answer = (_request, response) => answer(response);
      const failure: unknown = await ask(peerWith({ timeout: 50 }), 'q').catch((e: unknown) => e);
      assert.ok(failure instanceof PeerFailure);
      assert.equal(failure.outcome, outcome);
      assert.match(failure.message, reason);
    }
    const refused = peerWith().ask('q', 'a', callOf(dead), jsonIn);
    assert.equal(await outcomeOf(refused), 'no_connection');
  });

  it('is asked again where kept connections turn out to be closed, however many', async () => {
    const hangingUp = createServer((socket: Socket) => {
      let requests = 0;
      socket.on('error', () => undefined);
      socket.on('data', () => {
        if (requests++ > 0) socket.resetAndDestroy();
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
      });
    });
    await new Promise<void>((ready) => hangingUp.listen(0, '127.0.0.1', () => ready()));
    const url = `http://127.0.0.1:${(hangingUp.address() as AddressInfo).port}/`;
    const peer = peerWith();
    const question = (i: number): Promise<unknown> => peer.ask(`q${i}`, 'a', callOf(url), jsonIn);
    assert.deepEqual(await Promise.all([1, 2, 3, 4].map(question)), [{}, {}, {}, {}]);
    for (let i = 5; i < 8; i++) assert.deepEqual(await question(i), {});
    peer.close();
    await new Promise((closed) => hangingUp.close(closed));
  });

  it('that does not answer is left alone, and tried by one request after a while', async () => {
    const peer = peerWith({ timeout: 250 });
    server.answer = () => undefined;
    for (let i = 0; i < 5; i++) assert.equal(await outcomeOf(ask(peer, `q${i}`)), 'timeout');
    assert.equal(await outcomeOf(ask(peer, 'rests')), 'resting');
    assert.deepEqual(counted, { timeout: 5, resting: 1 });

    now += 500;
    const tries = ['a', 'b', 'c'].map((key) => outcomeOf(ask(peer, key)));
    assert.deepEqual(await Promise.all(tries), ['timeout', 'resting', 'resting']);
    assert.equal(await outcomeOf(ask(peer, 'rests longer')), 'resting');

    server.answer = (_request, response) => void response.end('{}');
    now += 1000;
    assert.equal(await outcomeOf(ask(peer, 'd')), 'answered');
    assert.equal(await outcomeOf(ask(peer, 'e')), 'answered');
  });

  it('that answers nonsense is asked on: nobody waits long for it', async () => {
    const peer = peerWith();
    server.answer = (_request, response) => void response.writeHead(500).end();
    for (let i = 0; i < 20; i++) assert.equal(await outcomeOf(ask(peer, `q${i}`)), 'bad_answer');
    assert.equal(server.requests.length, 20);
  });

  it('is told of once when it begins to fail, and once when it works again for good', async () => {
    const peer = peerWith();
    for (let i = 0; i < 6; i++) {
      const status = i % 2 === 0 ? 500 : 200;
      server.answer = (_request, response) => void response.writeHead(status).end('{}');
      await outcomeOf(ask(peer, `q${i}`));
    }
    assert.deepEqual(lines, ['the server cannot be relied on: the answer has the status 500']);
    now += 10_000;
    await ask(peer, 'fine');
    await ask(peer, 'fine still');
    assert.deepEqual(lines.slice(1), ['the server answers again']);
    assert.deepEqual(counted, { answered: 5, bad_answer: 3 });
  });

  it('counts a reader that fails as a bad answer, and lets others ask', async () => {
    const peer = peerWith();
    const call = callOf(server.url('/'));
    for (const problem of [badAnswer('no use'), new TypeError('of undefined')]) {
      const failing = peer.ask('q', 'a', call, () => {
        throw problem;
      });
      assert.equal(await outcomeOf(failing), 'bad_answer');
    }
    assert.equal(await outcomeOf(ask(peer, 'q')), 'answered');
  });

  it('is shared by those who want the same', () => {
    const about = { name: 'a:1', called: 'the server', help: '' };
    const [one, two] = [sharePeer(about, options, env), sharePeer(about, options, env)];
    const other = sharePeer(about, { ...options, timeout: 1 }, env);
    assert.equal(one.thing, two.thing);
    assert.notEqual(one.thing, other.thing);
    for (const share of [one, two, other]) share.release();
  });
});
