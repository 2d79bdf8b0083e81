import { request, type IncomingMessage } from 'node:http';
import { firstHeaders, fill, type Load, methodOf } from './load.ts';

export interface Answer {
  readonly status: number;
  readonly bodyBytes: number;
}

/**
 * Sends the first request of a load once.
 *
 * @param withKey whether to send the key, when the load has one
 */
export async function probe(url: string, load: Load, withKey = true): Promise<Answer> {
  const headers = withKey ? firstHeaders(load) : { ...load.headers };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const body = Buffer.alloc(load.bodyBytes, 'x');
    request(url + fill(load.path, 0), { method: methodOf(load), headers, agent: false })
      .on('response', resolve)
      .on('error', reject)
      .setHeader('Content-Length', body.length)
      .end(body);
  });
  let bodyBytes = 0;
  for await (const chunk of response) bodyBytes += (chunk as Buffer).length;
  return { status: response.statusCode ?? 0, bodyBytes };
}

/**
 * Checks that a server does what it is measured for.
 *
 * @param expected what the backend itself answers
 * @returns what is wrong, in words; empty when nothing is
 */
export async function inspect(
  url: string,
  load: Load,
  guarded: boolean,
  expected: Answer,
): Promise<string[]> {
  const problems: string[] = [];
  try {
    const answer = await probe(url, load);
    if (answer.status !== expected.status || answer.bodyBytes !== expected.bodyBytes) {
      problems.push(
        `answers ${answer.status} with ${answer.bodyBytes} bytes instead of ` +
          `${expected.status} with ${expected.bodyBytes}`,
      );
    }
    if (guarded) {
      const { status } = await probe(url, load, false);
      if (status !== 401)
        problems.push(`answers ${status} instead of 401 to a request without key`);
    }
  } catch (error) {
    problems.push((error as Error).message);
  }
  return problems;
}
