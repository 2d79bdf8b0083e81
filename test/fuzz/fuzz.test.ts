import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { METHODS } from 'node:http';
import { startAnswersSite, type AnswersSite } from './answers.ts';
import { Http1BoundarySite } from './boundaries.ts';
import { problemsOf, runCampaign } from './campaign.ts';
import { compare } from './compare.ts';
import { exceptions } from './exceptions.ts';
import { Http2BoundarySite } from './http2-boundaries.ts';
import { Random } from './random.ts';
import { readFrames } from './http2-mutations.ts';
import { LENIENT, readRequests, STRICT } from './readers.ts';
import { readAsNode } from './node-requests.ts';
import { readAsGateway } from './our-requests.ts';

/** Every run of the tests makes the same cases. `npm run fuzz` makes others. */
const SEED = 20_240_913;

/** Rounds of cases of the parsers; each has a dozen. */
const ROUNDS = 300;

describe(`Fuzzing with seed ${SEED}`, () => {
  it('the parsers take nothing that Node refuses, and nothing for something else', async () => {
    let rounds = 0;
    const report = await runCampaign(SEED, () => rounds++ < ROUNDS);
    assert.equal(report.tallies['mutated requests'].cases, ROUNDS * 6);
    const problems = problemsOf(report);
    assert.equal(problems.length, 0, `\n${problems.join('\n')}`);
  });

  it('has at most ten exceptions, each with a reason', () => {
    assert.ok(exceptions.length <= 10);
    for (const { name, reason } of exceptions) assert.match(reason, /RFC|nginx/, name);
  });

  it('excuses an unknown method only for methods that Node does not know', () => {
    const exception = exceptions.find(({ name }) => name === 'methods that Node does not know');
    const pattern = new RegExp(exception?.message ?? '');
    assert.ok(pattern.test('BREW /pot\n'));
    for (const method of ['GET', 'POST', 'REPORT']) {
      assert.ok(METHODS.includes(method));
      assert.ok(!pattern.test(`${method} /\n`));
    }
  });
});

describe('Comparing two readings', () => {
  const head = 'POST / HTTP/1.1\r\nHost: h\r\n';
  const read = (text: string) => readAsGateway([Buffer.from(text, 'latin1')]);
  const node = (text: string) => readAsNode([Buffer.from(text, 'latin1')]);

  it('notices a head that only one side takes', async () => {
    const difference = compare(read(`${head}\r\n`), await node('POST / HTTP/1.1\nHost: h\r\n\r\n'));
    assert.equal(difference?.kind, 'accepts');
  });

  it('notices another end of a message', async () => {
    const longer = compare(
      read(`${head}Content-Length: 4\r\n\r\nabcd`),
      await node(`${head}Content-Length: 3\r\n\r\nabcd`),
    );
    assert.equal(longer?.kind, 'disagrees');
    const waiting = compare(
      read(`${head}Content-Length: 9\r\n\r\nabcd`),
      await node(`${head}Content-Length: 4\r\n\r\nabcd`),
    );
    assert.equal(waiting?.kind, 'disagrees');
  });

  it('notices another value', async () => {
    const difference = compare(read(`${head}A: 1\r\n\r\n`), await node(`${head}A: 2\r\n\r\n`));
    assert.match(difference?.what ?? '', /^value of a:/);
  });
});

describe('Reading what a client meant and what an upstream could make of it', () => {
  const smuggling = [
    'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 30\r\nTransfer-Encoding: chunked\r\n\r\n',
    '0\r\n\r\nGET /evil HTTP/1.1\r\nX: y\r\n\r\n',
  ].join('');

  it('finds no request where a strict server finds none', () => {
    assert.deepEqual(readRequests(smuggling, STRICT), { requests: [], clean: false });
  });

  it('finds the second request of a lenient server', () => {
    const counts = LENIENT.map((manner) => readRequests(smuggling, manner).requests.length);
    assert.ok(counts.includes(1) && counts.includes(2), String(counts));
  });

  it('finds the requests behind bare line ends', () => {
    const text = 'GET / HTTP/1.1\r\nHost: h\r\nX: a\n\nGET /evil HTTP/1.1\nX: b\r\n\r\n';
    const counts = LENIENT.map((manner) => readRequests(text, manner).requests.length);
    assert.ok(counts.includes(1) && counts.includes(2), String(counts));
  });

  it('finds in frames which streams begin, and what comes on each until its end', () => {
    const frame = (type: number, flags: number, stream: number, payload: string): string =>
      `\0\0${String.fromCharCode(payload.length, type, flags)}\0\0\0${String.fromCharCode(stream)}${payload}`;
    const text = [
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      frame(4, 0, 0, ''),
      frame(1, 4, 1, 'head') + frame(0, 8, 1, '\x02ab..') + frame(0, 1, 1, 'c'),
      frame(0, 0, 1, 'too late') + frame(0, 0, 9, 'nowhere'),
      frame(1, 5, 3, 'head') + frame(1, 4, 5, 'head') + frame(0, 0, 5, 'cut'),
    ];
    assert.deepEqual(readFrames(Buffer.from(text.join(''), 'latin1')), {
      requests: 3,
      bodies: ['abc', '', 'cut'],
    });
  });

  it('reads bodies as their framing says', () => {
    const text =
      'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n' +
      'PUT / HTTP/1.1\r\nContent-Length: 2\r\n\r\nxyGET / HTTP/1.1\r\n\r\n';
    for (const manner of [STRICT, ...LENIENT]) {
      const { requests, clean } = readRequests(text, manner);
      assert.deepEqual(
        requests.map(({ method, body }) => [method, body]),
        [
          ['POST', 'abc'],
          ['PUT', 'xy'],
          ['GET', ''],
        ],
      );
      assert.ok(clean, manner.name);
    }
  });
});

describe(`A real gateway, with seed ${SEED}`, () => {
  let boundaries: Http1BoundarySite;
  let http2: Http2BoundarySite;
  let answers: AnswersSite;

  before(async () => {
    boundaries = await Http1BoundarySite.start();
    http2 = await Http2BoundarySite.start();
    answers = await startAnswersSite();
  });

  after(async () => {
    await boundaries?.stop();
    await http2?.stop();
    await answers?.stop();
  });

  it('shows the upstream no request that its clients did not mean', async () => {
    await boundaries.run(new Random(SEED));
    const { finds, streams, intended, received } = boundaries.report;
    assert.deepEqual(finds, []);
    assert.ok(streams > 0 && received > 0 && received <= intended);
  });

  it('makes no more requests of frames than streams began, and mixes no bodies up', async () => {
    for (let round = 0; round < 2; round++) await http2.run(new Random(SEED + round));
    const { finds, intended, received } = http2.report;
    assert.deepEqual(finds, []);
    assert.ok(received > 0 && received <= intended, `${received} of ${intended}`);
  });

  it('gives every client its own answer, however the upstream breaks the protocol', async () => {
    await answers.run(new Random(SEED), 200);
    assert.deepEqual(answers.report.finds, []);
    assert.ok(answers.report.passed > 0);
  });
});
