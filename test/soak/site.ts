import type { Gateway } from '../support/gateway.ts';
import { fieldValues } from '../support/http-message.ts';
import { connect, RawClient, type Response } from '../support/raw-client.ts';
import { connectTls } from '../support/tls-client.ts';
import type { Random } from '../fuzz/random.ts';
import type { Ledger } from './ledger.ts';
import type { Part } from './parts.ts';
import { pattern, queryOf, type Wish } from './pattern.ts';

/** What every client of the load works with. */
export interface SoakSite {
  readonly gateway: Gateway;
  readonly ledger: Ledger;
  readonly random: Random;
  /** What the load does not have. */
  readonly without: ReadonlySet<Part>;
  readonly isOver: () => boolean;
}

export function open(site: SoakSite): Promise<RawClient> {
  return connect(site.gateway.proxyPort);
}

/** A connection of HTTP/1.1 with or without TLS. */
export async function openEither(site: SoakSite): Promise<RawClient> {
  if (site.without.has('tls') || site.random.chance(0.75)) return open(site);
  const [, port = 0] = site.gateway.proxyPorts;
  const client = new RawClient(await connectTls(port));
  site.ledger.right('TLS handshake');
  return client;
}

/** The client that sends a request gets somebody else's answer, or one that is damaged. */
export class WrongAnswer extends Error {}

/** A request and what its answer must show. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly wish: Wish;
  /** Field lines beyond Host and framing. */
  readonly fields?: readonly string[];
  /** Bytes of the request's body; null for none. */
  readonly upload?: number | null;
  readonly consumer?: string;
  readonly trailer?: string;
}

export function requestHead(asked: Asked, ...fields: readonly string[]): string {
  const { method, path, wish } = asked;
  const lines = [`${method} ${path}${queryOf(wish)} HTTP/1.1`, 'Host: soak.test'];
  return `${[...lines, ...(asked.fields ?? []), ...fields].join('\r\n')}\r\n\r\n`;
}

/** Holds an answer against the request that it belongs to. */
export function checkAnswer(response: Response, asked: Asked): void {
  const { wish, method } = asked;
  const fail = (what: string): never => {
    throw new WrongAnswer(`${method} ${asked.path} id ${wish.id}: ${what}`);
  };
  const only = (name: string): string => fieldValues(response, name).join(' | ');
  if (response.status !== 200) fail(`status ${response.status}, ${response.text.slice(0, 200)}`);
  if (only('x-soak-id') !== wish.id) fail(`it is the answer to ${only('x-soak-id')}`);
  if (only('x-soak-path') !== asked.path) fail(`path ${only('x-soak-path')}`);
  const uploaded = String(asked.upload ?? 0);
  if (only('x-soak-body') !== uploaded) fail(`body of the request: ${only('x-soak-body')}`);
  if (only('x-soak-consumer') !== (asked.consumer ?? '')) fail(`as ${only('x-soak-consumer')}`);
  if (only('x-soak-trailer') !== (asked.trailer ?? '')) fail(`trailer ${only('x-soak-trailer')}`);
  for (const interim of response.interim) {
    const [id] = fieldValues(interim, 'x-soak-id');
    if (id !== wish.id) fail(`an interim answer to ${id}`);
  }
  const { bytes, complete } = response.body;
  if (!complete) fail(`cut short after ${bytes.length} bytes`);
  const expected = method === 'HEAD' ? 0 : wish.size;
  if (!bytes.equals(pattern(wish.id, expected))) {
    fail(`another body, ${bytes.length} bytes instead of ${expected}`);
  }
}
