import { setTimeout as delay } from 'node:timers/promises';
import { runDelay } from '../support/fair-time.ts';
import { field } from '../support/http-message.ts';
import type { RawClient } from '../support/raw-client.ts';
import { failures } from './broken-upstream.ts';
import { anything } from './clients.ts';
import { BROKEN_READ_TIMEOUT } from './configuration.ts';
import { nextId, pattern } from './pattern.ts';
import { checkAnswer, open, requestHead, WrongAnswer, type Asked, type SoakSite } from './site.ts';

/** Takes a large answer more slowly than the upstream sends it. */
export async function slowReader(site: SoakSite): Promise<void> {
  const client = await open(site);
  const size = site.random.between(1_000_000, 4_000_000);
  const as = site.random.pick(['length', 'chunked'] as const);
  const asked: Asked = { ...anything(site), method: 'GET', wish: { id: nextId(), size, as } };
  try {
    client.socket.pause();
    client.send(requestHead(asked));
    for (let left = 10; left > 0; left--) {
      await delay(site.random.below(50));
      await readOnce(client);
    }
    checkAnswer(await client.response(), asked);
    site.ledger.right('slow reader');
  } finally {
    client.close();
  }
}

/** Lets one buffer of the socket through. */
async function readOnce(client: RawClient): Promise<void> {
  client.socket.resume();
  await delay(1);
  client.socket.pause();
}

/** Sends head and body in small pieces with pauses between them. */
export async function slowSender(site: SoakSite): Promise<void> {
  const { random } = site;
  const client = await open(site);
  const asked: Asked = { ...anything(site, 5000), method: 'POST', upload: random.below(30_000) };
  const head = requestHead(asked, `Content-Length: ${asked.upload}`);
  const body = pattern(asked.wish.id, asked.upload ?? 0);
  const bytes = Buffer.concat([Buffer.from(head, 'latin1'), body]);
  const pieces = random.between(2, 30);
  try {
    for (let i = 0; i < pieces; i++) {
      client.send(bytes.subarray((i * bytes.length) / pieces, ((i + 1) * bytes.length) / pieces));
      await delay(random.below(30));
    }
    checkAnswer(await client.response(), asked);
    site.ledger.right('slow sender');
  } finally {
    client.close();
  }
}

/** Goes away at a random moment of an exchange, with FIN or RST. */
export async function aborter(site: SoakSite): Promise<void> {
  const { random } = site;
  const client = await open(site);
  const size = random.pick([100, 50_000, 2_000_000]);
  const upload = random.chance(0.5) ? random.pick([10, 100_000, 1_000_000]) : null;
  const asked: Asked = {
    ...anything(site),
    method: upload === null ? 'GET' : 'POST',
    path: random.chance(0.3) ? '/broken/never-answers' : '/o1/abort',
    wish: { id: nextId(), size, as: random.pick(['length', 'chunked']) },
  };
  const head = Buffer.from(
    upload === null ? requestHead(asked) : requestHead(asked, `Content-Length: ${upload}`),
    'latin1',
  );
  const bytes = upload === null ? head : Buffer.concat([head, pattern(asked.wish.id, upload)]);
  const sent = random.chance(0.4) ? bytes.length : random.below(bytes.length);
  client.send(bytes.subarray(0, sent));
  await delay(random.below(random.pick([1, 10, 100])));
  const abrupt = random.chance(0.5);
  if (abrupt) client.reset();
  else client.end();
  if (!abrupt) await delay(random.below(20));
  client.close();
  site.ledger.failedAsAsked(abrupt ? 'client sent RST' : 'client sent FIN');
}

/** A tunnel that gives back every byte, ended by either side. */
export async function tunnel(site: SoakSite): Promise<void> {
  const { random } = site;
  const client = await open(site);
  const upstreamEnds = random.chance(0.4);
  const size = upstreamEnds ? random.between(1, 200_000) : 0;
  const asked: Asked = {
    method: 'GET',
    path: '/o2/tunnel',
    wish: { id: nextId(), size, as: 'length' },
  };
  try {
    client.send(requestHead(asked, 'Connection: Upgrade', 'Upgrade: websocket'));
    const head = await client.head();
    if (head.status !== 101 || field(head, 'x-soak-id') !== asked.wish.id) {
      throw new WrongAnswer(`tunnel ${asked.wish.id}: ${head.status}`);
    }
    const bytes = pattern(asked.wish.id, upstreamEnds ? size : random.between(1, 200_000));
    for (let start = 0; start < bytes.length;) {
      const piece = bytes.subarray(start, start + random.between(1, 20_000));
      client.send(piece);
      const echo = await client.stream.readBytes(piece.length, 'the echo of a tunnel');
      if (!echo.equals(piece)) throw new WrongAnswer(`tunnel ${asked.wish.id}: another echo`);
      start += piece.length;
      await delay(random.below(10));
    }
    if (upstreamEnds) await client.ending();
    else if (random.chance(0.5)) client.reset();
    site.ledger.right('tunnel');
  } finally {
    client.close();
  }
}

/**
 * The upstream runs in this process, and has several turns to take for an answer: once it had to wait
 * for a processor for so long, the gateway may have lost patience with it, ms.
 */
const HELD_UP = BROKEN_READ_TIMEOUT / 2;

/** Asks an upstream that fails, and holds the answer against the way in which it fails. */
export async function unluckyClient(site: SoakSite): Promise<void> {
  const { random, ledger } = site;
  const way = random.pick([...Object.keys(failures), 'refuses']);
  const client = await open(site);
  const asked: Asked = {
    ...anything(site),
    method: 'GET',
    path: way === 'refuses' ? '/refusing/x' : `/broken/${way}`,
  };
  const refusing = { statuses: [502], complete: true, upload: undefined };
  const { statuses, complete, upload } = failures[way] ?? refusing;
  const before = runDelay();
  try {
    if (upload === undefined) client.send(requestHead(asked));
    else {
      client.send(requestHead({ ...asked, method: 'POST' }, `Content-Length: ${upload}`));
      client.send(pattern(asked.wish.id, upload));
    }
    const response = await client.response();
    const id = field(response, 'x-soak-id');
    const own = id === undefined && response.status >= 500;
    const whole = response.body.complete;
    const asAsked = statuses.includes(response.status) && whole === complete;
    if (!asAsked && (response.status === 504 || !whole) && runDelay() - before > HELD_UP) {
      ledger.failedAsAsked('given up, for want of a processor');
      return;
    }
    if (!asAsked) {
      const body = whole ? 'complete' : 'cut';
      throw new WrongAnswer(`an upstream that ${way}: ${response.status}, ${body}`);
    }
    if (!own && id !== asked.wish.id) throw new WrongAnswer(`${way}: the answer to ${id}`);
    ledger.failedAsAsked(`upstream ${way}`);
  } finally {
    client.close();
  }
}
