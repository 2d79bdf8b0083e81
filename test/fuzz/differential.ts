import { compare, type Difference } from './compare.ts';
import { exceptionFor } from './exceptions.ts';
import { render, validRequests, validResponses } from './grammar.ts';
import { mutate } from './mutations.ts';
import { readAsNode } from './node-requests.ts';
import { readResponsesAsNode } from './node-responses.ts';
import { readAsGateway } from './our-requests.ts';
import { readResponsesAsGateway } from './our-responses.ts';
import { Random, split } from './random.ts';
import type { Reading } from './reading.ts';

/** Behind every stream of requests: a parser that is not where the other one is shows itself. */
const SENTINEL = 'GET /sentinel HTTP/1.1\r\nHost: sentinel\r\n\r\n';

/** What one input showed. */
export interface Outcome {
  readonly bytes: Buffer;
  readonly ours: Reading;
  readonly node: Reading;
  /** The gateway's parser took everything up to the end. */
  readonly accepted: boolean;
  readonly difference: Difference | null;
  /** Name of the exception that allows the difference. */
  readonly exception: string | null;
}

/** A difference between two readings by the gateway of the same bytes, cut at other places. */
const CUTS = 'disagrees with itself when the bytes come in other pieces';

/** Requests that are valid: both parsers must agree, and the gateway's should accept. */
export function validRequestCase(seed: number): Promise<Outcome> {
  const random = new Random(seed);
  const bytes = Buffer.from(validRequests(random).map(render).join(''), 'latin1');
  return judgeRequests(bytes, random);
}

export function mutatedRequestCase(seed: number): Promise<Outcome> {
  const random = new Random(seed);
  const bytes = Buffer.from(mutate(random, validRequests(random)) + SENTINEL, 'latin1');
  return judgeRequests(bytes, random);
}

export function validResponseCase(seed: number): Promise<Outcome> {
  const random = new Random(seed);
  const bytes = Buffer.from(validResponses(random).map(render).join(''), 'latin1');
  return judgeResponses(bytes, random);
}

export function mutatedResponseCase(seed: number): Promise<Outcome> {
  const random = new Random(seed);
  const bytes = Buffer.from(mutate(random, validResponses(random)), 'latin1');
  return judgeResponses(bytes, random);
}

/** Lets both parsers read requests. @param random decides where the bytes are cut */
export async function judgeRequests(bytes: Buffer, random: Random): Promise<Outcome> {
  const pieces = split(random, bytes);
  const ours = readAsGateway(pieces);
  const node = await readAsNode(random.chance(0.5) ? pieces : [bytes]);
  return judge(bytes, ours, readAsGateway([bytes]), node);
}

async function judgeResponses(bytes: Buffer, random: Random): Promise<Outcome> {
  const method = random.pick(['GET', 'GET', 'POST', 'HEAD']);
  const pieces = split(random, bytes);
  const ours = readResponsesAsGateway(method, pieces);
  const node = await readResponsesAsNode(method, random.chance(0.5) ? pieces : [bytes]);
  return judge(bytes, ours, readResponsesAsGateway(method, [bytes]), node);
}

function judge(bytes: Buffer, ours: Reading, whole: Reading, node: Reading): Outcome {
  const self = selfDifference(ours, whole);
  const difference = self ?? compare(ours, node);
  const exception = difference === null ? undefined : exceptionFor(difference, ours);
  const accepted = ours.end !== 'refused' && (ours.messages.at(-1)?.complete ?? false);
  return { bytes, ours, node, accepted, difference, exception: exception?.name ?? null };
}

function selfDifference(cut: Reading, whole: Reading): Difference | null {
  if (cut.end !== whole.end || cut.messages.length !== whole.messages.length) {
    return { kind: 'disagrees', what: CUTS, index: 0 };
  }
  // A body that is refused may have given more or less of itself by then.
  const both = (reading: Reading): Reading => ({
    ...reading,
    end: reading.end === 'refused' ? 'refused' : 'closed',
  });
  const difference = compare(both(cut), both(whole));
  return difference === null ? null : { ...difference, what: `${CUTS}: ${difference.what}` };
}
