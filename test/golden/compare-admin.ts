import { jsonMatches, matches, sortErrors, type Ctx } from './replay-proxy.mjs';

interface AdminOutcome {
  readonly status: number;
  readonly body: unknown;
}

/** How an answer of the Admin API differs from one that stands in a recording of the proxy. */
export function compareAdminAnswer(
  expected: { readonly status: number; readonly json?: unknown },
  actual: AdminOutcome,
  ctx: Ctx,
): string[] {
  const differences: string[] = [];
  // What Kong fails at is a mistake of the client's.
  if (expected.status === 500 && actual.status >= 400 && actual.status < 500) return [];
  if (actual.status !== expected.status) {
    differences.push(`status ${actual.status}, recorded ${expected.status}`);
  }
  if (expected.json === undefined) return differences;
  const recorded = sortErrors(ctx.deep(expected.json));
  const answered = sortErrors(withoutHint(parsed(actual.body)));
  if (!sameBody(recorded, answered)) {
    differences.push(`body ${JSON.stringify(answered)}, recorded ${JSON.stringify(recorded)}`);
  }
  return differences;
}

function sameBody(recorded: unknown, answered: unknown): boolean {
  if (typeof recorded !== 'string') return jsonMatches(recorded, answered);
  // A page of HTML is made for people.
  return /^\s*</.test(recorded) || (typeof answered === 'string' && matches(recorded, answered));
}

/** Kong has no field of this name; what it says stands beside it unchanged. */
function withoutHint(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('hint' in body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'hint'));
}

function parsed(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
