import { residentMemory } from '../soak/process-watch.ts';
import { get } from '../support/message.ts';
import { fetchOnce } from '../support/raw-client.ts';
import { BoundarySite, type Verdict } from './boundary-site.ts';
import { someFrames } from './http2-grammar.ts';
import { mutatedConnection, readFrames } from './http2-mutations.ts';
import type { Random } from './random.ts';
import type { FoundRequest } from './readers.ts';

/** Most resident memory of the gateway, whatever it was sent, bytes. */
const MOST_MEMORY = 400e6;

/** Clients of HTTP/2, each of whose streams is one request at the most. */
export class Http2BoundarySite extends BoundarySite {
  protected readonly name = 'http2';

  static async start(): Promise<Http2BoundarySite> {
    return new Http2BoundarySite(...(await this.startParts('127.0.0.1:0 http2')));
  }

  protected bytesOf(random: Random): Buffer {
    return mutatedConnection(random, someFrames(random));
  }

  protected judge(bytes: Buffer, received: readonly FoundRequest[]): Verdict {
    const { requests, bodies } = readFrames(bytes);
    const problem =
      received.length > requests
        ? `the client began ${requests} streams, the upstream got ${received.length} requests`
        : received.map((request) => bodyProblem(request, bodies)).find((one) => one !== null);
    return { intended: requests, problem: problem ?? null };
  }

  /** It must still be there, in good health, and no larger than it may be. */
  protected override async check(): Promise<readonly string[]> {
    const problems: string[] = [];
    const { status } = await fetchOnce(this.gateway.proxyPort, get('/alive'));
    if (status !== 200) problems.push(`a client of HTTP/1.1 gets ${status}`);
    const memory = residentMemory(this.gateway.pid);
    if (memory > MOST_MEMORY) problems.push(`it takes ${memory} bytes of memory`);
    const complaint = /^.*"level":"error".*$/m.exec(this.gateway.output);
    if (complaint !== null) problems.push(complaint[0]);
    return problems;
  }
}

/** A body must be what came on one stream: all of it, or the beginning of it when it is cut short. */
function bodyProblem(
  { method, body, complete }: FoundRequest,
  bodies: readonly string[],
): string | null {
  const isOne = bodies.some((sent) => (complete ? sent === body : sent.startsWith(body)));
  return isOne ? null : `the body of a ${method} of ${body.length} bytes came on no stream`;
}
