import { setTimeout as delay } from 'node:timers/promises';
import {
  CONSUMERS,
  consumerName,
  KEYED_ROUTES,
  keyOf,
  LIMITED_ROUTES,
  OPEN_ROUTES,
} from './configuration.ts';
import { nextId, pattern, type Wish } from './pattern.ts';
import { checkAnswer, openEither, requestHead, type Asked, type SoakSite } from './site.ts';
import type { RawClient } from '../support/raw-client.ts';

const KINDS: readonly Wish['as'][] = ['length', 'length', 'chunked', 'close', 'http10', 'interim'];
const SIZES = [0, 1, 100, 1000, 4096, 16_384, 16_385, 65_536, 70_000, 300_000];

/** A GET, or now and then a HEAD, of any size on an open route. */
export function anything({ random }: SoakSite, most = Infinity): Asked {
  return {
    method: random.chance(0.1) ? 'HEAD' : 'GET',
    path: `/o${random.below(OPEN_ROUTES)}/any`,
    wish: {
      id: nextId(),
      size: random.pick(SIZES.filter((size) => size <= most)),
      as: random.pick(KINDS),
    },
  };
}

async function ask(client: RawClient, asked: Asked, ...fields: readonly string[]): Promise<void> {
  checkAnswer(await client.request(requestHead(asked, ...fields)), asked);
}

/** Many requests on one connection. */
export async function keptConnection(site: SoakSite): Promise<void> {
  const client = await openEither(site);
  try {
    for (let left = site.random.between(1, 100); left > 0 && !site.isOver(); left--) {
      await ask(client, anything(site));
      site.ledger.right('kept connection');
      if (site.random.chance(0.2)) await delay(site.random.below(20));
    }
  } finally {
    client.close();
  }
}

export async function newConnection(site: SoakSite): Promise<void> {
  const client = await openEither(site);
  try {
    await ask(client, anything(site, 20_000), 'Connection: close');
    await client.ending();
    site.ledger.right('new connection');
  } finally {
    client.close();
  }
}

/** Requests sent at once, whose answers must come in their order. */
export async function pipelining(site: SoakSite): Promise<void> {
  const client = await openEither(site);
  const batch = Array.from({ length: site.random.between(2, 20) }, () => anything(site, 20_000));
  try {
    client.send(batch.map((asked) => requestHead(asked)).join(''));
    for (const asked of batch) {
      checkAnswer(await client.response(asked.method), asked);
      site.ledger.right('pipelined');
    }
  } finally {
    client.close();
  }
}

/** Requests with a key, some of them with one that nobody has. */
export async function keyed(site: SoakSite): Promise<void> {
  const { random, ledger } = site;
  const client = await openEither(site);
  try {
    for (let left = 20; left > 0 && !site.isOver(); left--) {
      const consumer = random.below(CONSUMERS);
      const limited = random.chance(0.5);
      const asked: Asked = {
        ...anything(site, 5000),
        path: limited ? `/l${random.below(LIMITED_ROUTES)}/x` : `/k${random.below(KEYED_ROUTES)}/x`,
        consumer: consumerName(limited ? consumer % 5 : consumer),
      };
      const known = random.chance(0.8);
      const key = known ? keyOf(limited ? consumer % 5 : consumer) : `nobody-${random.next()}`;
      const response = await client.request(requestHead(asked, `apikey: ${key}`));
      if (!known && response.status === 401) ledger.failedAsAsked('401 for an unknown key');
      else if (limited && response.status === 429) ledger.failedAsAsked('429 beyond the limit');
      else {
        checkAnswer(response, asked);
        ledger.right(limited ? 'key and limit' : 'key');
      }
    }
  } finally {
    client.close();
  }
}

/** Bodies of all sizes, with their length or chunked, some with trailers or after a 100. */
export async function uploading(site: SoakSite): Promise<void> {
  const { random } = site;
  const client = await openEither(site);
  try {
    for (let left = 10; left > 0 && !site.isOver(); left--) {
      const size = random.chance(0.05) ? random.below(4_000_000) : random.pick(SIZES);
      const chunked = random.chance(0.5);
      const trailer = chunked && random.chance(0.3) ? nextId() : '';
      const asked: Asked = {
        ...anything(site, 5000),
        method: random.pick(['POST', 'PUT', 'PATCH']),
        upload: size,
        trailer,
      };
      const framing = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${size}`;
      const expects = size > 0 && random.chance(0.2);
      client.send(requestHead(asked, framing, ...(expects ? ['Expect: 100-continue'] : [])));
      if (expects) await skipContinue(client);
      sendBody(site, client, pattern(asked.wish.id, size), chunked, trailer);
      checkAnswer(await client.response(), asked);
      site.ledger.right(chunked ? 'chunked upload' : 'upload');
    }
  } finally {
    client.close();
  }
}

async function skipContinue(client: RawClient): Promise<void> {
  const head = await client.head();
  if (head.status !== 100) throw new Error(`${head.status} instead of 100`);
}

function sendBody(
  { random }: SoakSite,
  client: RawClient,
  bytes: Buffer,
  chunked: boolean,
  trailer: string,
): void {
  if (!chunked) {
    client.send(bytes);
    return;
  }
  const longest = random.pick([100, 5000, 200_000]);
  for (let start = 0; start < bytes.length;) {
    const end = Math.min(bytes.length, start + random.between(Math.ceil(longest / 10), longest));
    client.send(`${(end - start).toString(16)}\r\n`);
    client.send(bytes.subarray(start, end));
    client.send('\r\n');
    start = end;
  }
  client.send(trailer === '' ? '0\r\n\r\n' : `0\r\nX-Trailer: ${trailer}\r\n\r\n`);
}
