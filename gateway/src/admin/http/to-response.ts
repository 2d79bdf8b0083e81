import { version } from '../../version.ts';
import type { AdminAnswer } from '../endpoint.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** What goes over the wire. Headers of the answer win over `common` ones. */
export function toResponse(
  { status, body, stream, headers }: AdminAnswer,
  common: Readonly<Record<string, string>>,
): Response {
  const all: Record<string, string> = { Server: `sluice/${version}`, ...common };
  if (body !== undefined || stream !== undefined) all['Content-Type'] = JSON_TYPE;
  Object.assign(all, headers);
  const sent = stream === undefined ? textOf(body) : pieces(stream);
  return new Response(sent, { status, headers: all });
}

function textOf(body: unknown): string | null {
  return body === undefined ? null : JSON.stringify(body);
}

/** Makes the next piece when the client has taken the one before. */
function pieces(stream: NonNullable<AdminAnswer['stream']>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator =
    Symbol.asyncIterator in stream ? stream[Symbol.asyncIterator]() : stream[Symbol.iterator]();
  return new ReadableStream({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done === true) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}
