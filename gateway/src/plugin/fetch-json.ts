export interface FetchBounds {
  /** For the whole exchange, ms. */
  readonly timeout: number;
  /** Longest body, bytes. */
  readonly limit: number;
}

/**
 * Asks an HTTP server for a JSON document.
 *
 * @throws Error that says in a few words why there is none: no connection, no answer in time, another
 *   status than 200, a redirect, a body that is too long or no JSON
 */
export async function fetchJson(url: string, { timeout, limit }: FetchBounds): Promise<unknown> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      headers: { Accept: 'application/json' },
      // Whoever answers with a redirect would choose what is asked next.
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    });
    if (response.status !== 200) await response.body?.cancel();
    text = response.status === 200 ? await textOf(response, limit) : '';
  } catch (error) {
    throw new Error(reasonOf(error, timeout), { cause: error });
  }
  if (response.status !== 200) throw new Error(`the answer has the status ${response.status}`);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Error('the answer is no JSON', { cause: error });
  }
}

async function textOf({ body }: Response, limit: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  if (body === null) return '';
  // Leaving the loop early cancels the rest.
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    length += piece.length;
    if (length > limit) throw new TooLong(`the answer has more than ${limit} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

class TooLong extends Error {}

function reasonOf(error: unknown, timeout: number): string {
  if (error instanceof TooLong) return error.message;
  const { name, cause } = error as {
    name?: unknown;
    cause?: { code?: unknown; message?: unknown };
  };
  if (name === 'TimeoutError') return `there was no answer within ${timeout} ms`;
  const { code, message } = cause ?? {};
  if (typeof message === 'string' && message.includes('redirect'))
    return 'the answer is a redirect';
  return typeof code === 'string' ? `the connection failed: ${code}` : 'the connection failed';
}
