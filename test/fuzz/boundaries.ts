import { BoundarySite, type Verdict } from './boundary-site.ts';
import { validRequests } from './grammar.ts';
import { mutate } from './mutations.ts';
import type { Random } from './random.ts';
import { readRequests, STRICT, type FoundRequest } from './readers.ts';

/** Clients of HTTP/1.1, whose requests must stay what they were meant to be. */
export class Http1BoundarySite extends BoundarySite {
  protected readonly name = 'boundaries';

  static async start(): Promise<Http1BoundarySite> {
    return new Http1BoundarySite(...(await this.startParts()));
  }

  protected bytesOf(random: Random): Buffer {
    return Buffer.from(mutate(random, validRequests(random)), 'latin1');
  }

  protected judge(bytes: Buffer, received: readonly FoundRequest[]): Verdict {
    const meant = readRequests(bytes.toString('latin1'), STRICT).requests;
    return { intended: meant.length, problem: difference(meant, received) };
  }
}

/** The upstream must get the requests that were meant, in order, or the first of them only. */
function difference(
  intended: readonly FoundRequest[],
  received: readonly FoundRequest[],
): string | null {
  if (received.length > intended.length) {
    return `the client meant ${intended.length} requests, the upstream got ${received.length}`;
  }
  for (const [index, got] of received.entries()) {
    const meant = intended[index]!;
    if (got.method !== meant.method) {
      return `request ${index} was ${meant.method}, the upstream got ${got.method}`;
    }
    if (!got.complete) {
      if (!meant.body.startsWith(got.body)) return `the beginning of body ${index} is another`;
    } else if (!meant.complete) return `body ${index} is not complete, but is to the upstream`;
    else if (meant.body !== got.body) return `body ${index} is another`;
  }
  return null;
}
