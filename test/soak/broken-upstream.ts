import { setTimeout as delay } from 'node:timers/promises';
import type { OriginExchange } from '../support/origin.ts';
import { BROKEN_READ_TIMEOUT } from './configuration.ts';
import { pattern, wishOf } from './pattern.ts';
import { head, sendAs } from './sound-upstream.ts';

/** What a client must see of an upstream that fails in some way. */
export interface Failure {
  readonly answer: (exchange: OriginExchange, id: string) => void | Promise<void>;
  /** Statuses of which the client sees one. */
  readonly statuses: readonly number[];
  /** Whether the body is whole; the gateway's own answers are. */
  readonly complete: boolean;
  /** The client sends a body. */
  readonly upload?: number;
}

const SIZE = 20_000;

function lengthHead(id: string): string {
  return head('HTTP/1.1 200 OK', `X-Soak-Id: ${id}`, `Content-Length: ${SIZE}`);
}

const half = (id: string): Buffer => pattern(id, SIZE / 2);

/** Waits until the gateway has lost patience, and no longer than that takes. */
async function outlast(exchange: OriginExchange): Promise<void> {
  const { stream } = exchange.connection;
  await Promise.race([stream.readToEnd('the end'), delay(BROKEN_READ_TIMEOUT * 3)]);
  exchange.end();
}

/** Ways to fail, by name; the name stands in the path of the request. */
export const failures: Readonly<Record<string, Failure>> = {
  'closes-without-answer': {
    answer: (exchange) => exchange.end(),
    statuses: [502],
    complete: true,
  },
  'resets-without-answer': {
    answer: (exchange) => exchange.reset(),
    statuses: [502],
    complete: true,
  },
  'cuts-its-head': {
    answer: async (exchange) => {
      await exchange.write('HTTP/1.1 200 OK\r\nContent-Le');
      exchange.end();
    },
    statuses: [502],
    complete: true,
  },
  'speaks-garbage': {
    answer: async (exchange) => {
      await exchange.write('220 mail.test ESMTP\r\n');
      exchange.end();
    },
    statuses: [502],
    complete: true,
  },
  'cuts-its-body': {
    answer: async (exchange, id) => {
      await exchange.write(lengthHead(id));
      await exchange.write(half(id));
      exchange.end();
    },
    statuses: [200],
    complete: false,
  },
  'cuts-its-chunks': {
    answer: async (exchange, id) => {
      const start = head('HTTP/1.1 200 OK', `X-Soak-Id: ${id}`, 'Transfer-Encoding: chunked');
      await exchange.write(`${start}2710\r\n`);
      await exchange.write(half(id));
      exchange.end();
    },
    statuses: [200],
    complete: false,
  },
  'resets-in-its-body': {
    answer: async (exchange, id) => {
      await exchange.write(lengthHead(id));
      await exchange.write(half(id));
      await delay(5);
      exchange.reset();
    },
    statuses: [200],
    complete: false,
  },
  'breaks-its-chunks': {
    answer: async (exchange, id) => {
      const start = head('HTTP/1.1 200 OK', `X-Soak-Id: ${id}`, 'Transfer-Encoding: chunked');
      await exchange.write(`${start}5\r\nabcde\r\n`);
      await delay(5);
      await exchange.write('xyz\r\n');
      await outlast(exchange);
    },
    statuses: [200],
    complete: false,
  },
  'never-answers': { answer: outlast, statuses: [504], complete: true },
  'stalls-in-its-head': {
    answer: async (exchange) => {
      await exchange.write('HTTP/1.1 200 OK\r\nX-A: b\r\n');
      await outlast(exchange);
    },
    statuses: [504],
    complete: true,
  },
  'stalls-in-its-body': {
    answer: async (exchange, id) => {
      await exchange.write(lengthHead(id));
      await exchange.write(half(id));
      await outlast(exchange);
    },
    statuses: [200],
    complete: false,
  },
  'hints-without-end': {
    answer: async (exchange) => {
      for (let i = 0; i < 40; i++) await exchange.write('HTTP/1.1 103 Early Hints\r\n\r\n');
      await outlast(exchange);
    },
    statuses: [502],
    complete: true,
  },
  'answers-twice': {
    answer: async (exchange, id) => {
      const one = head('HTTP/1.1 404 Not Found', `X-Soak-Id: ${id}`, 'Content-Length: 0');
      await exchange.write(one + head('HTTP/1.1 200 OK', 'Content-Length: 0'));
    },
    statuses: [404],
    complete: true,
  },
  'answers-early-and-closes': {
    answer: async (exchange, id) => {
      const status = 'HTTP/1.1 413 Content Too Large';
      await exchange.write(
        head(status, `X-Soak-Id: ${id}`, 'Connection: close', 'Content-Length: 0'),
      );
      await delay(20);
      exchange.connection.socket.destroy();
    },
    // The upstream's RST for what it did not read may overtake its answer.
    statuses: [413, 502],
    complete: true,
    upload: 300_000,
  },
  'drips-its-body': {
    answer: async (exchange, id) => {
      await exchange.write(lengthHead(id));
      for (let i = 0; i < 10; i++) {
        await exchange.write(pattern(id, SIZE).subarray((i * SIZE) / 10, ((i + 1) * SIZE) / 10));
        await delay(20);
      }
    },
    statuses: [200],
    complete: true,
  },
  'speaks-http10': {
    answer: (exchange, id) => sendWhole(exchange, id, 'http10'),
    statuses: [200],
    complete: true,
  },
  'ends-its-body-by-closing': {
    answer: (exchange, id) => sendWhole(exchange, id, 'close'),
    statuses: [200],
    complete: true,
  },
};

function sendWhole(exchange: OriginExchange, id: string, as: 'http10' | 'close'): Promise<void> {
  return sendAs(exchange, { id, size: SIZE, as }, [`X-Soak-Id: ${id}`], pattern(id, SIZE));
}

/** Fails in the way that the request's path names: `/broken/WAY?id=…`. */
export async function answerBrokenly(exchange: OriginExchange): Promise<void> {
  const { target } = exchange.request;
  const way = /^\/broken\/([^?]*)/.exec(target)?.[1] ?? '';
  await failures[way]!.answer(exchange, wishOf(target).id);
}
