import { badAnswer, badStatus } from './peer/failure.ts';
import { HttpCaller, type Answer } from './peer/http-call.ts';

export interface FetchBounds {
  /** For the whole exchange, ms. */
  readonly timeout: number;
  /** Longest body, bytes. */
  readonly limit: number;
  /** Whether a server of https needs a certificate that an authority vouches for; true when absent. */
  readonly verify?: boolean;
}

/**
 * Asks an HTTP server for a JSON document, now and then.
 *
 * @throws PeerFailure that says in a few words why there is none: no connection, no answer in time,
 *   another status than 200, a body that is too long or no JSON
 */
export async function fetchJson(
  url: string,
  { timeout, limit, verify = true }: FetchBounds,
): Promise<unknown> {
  const caller = new HttpCaller({ keepAlive: 0, limit, verify });
  const headers = { Accept: 'application/json' };
  try {
    return jsonIn(
      await caller.call({ url: new URL(url), method: 'GET', headers, body: null }, timeout),
    );
  } finally {
    caller.close();
  }
}

/**
 * The JSON document that an answer with status 200 holds.
 *
 * @throws PeerFailure
 */
export function jsonIn({ status, body }: Answer): unknown {
  if (status !== 200) throw badStatus(status);
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    throw badAnswer('the answer is no JSON', error);
  }
}
