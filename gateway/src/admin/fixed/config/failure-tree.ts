import type { DeclaredFailure } from '../../../config/declared-failure.ts';
import { entityKey } from '../../../entities/schema/failure.ts';

type Step = string | number;
type Branch = Map<Step, Branch | string[] | string>;

/**
 * Failures in the tree that Kong answers as `fields`: lists have gaps of null, and what is listed by
 * place and by name at once is an object.
 */
export function failureTree(
  failures: readonly DeclaredFailure[],
): Readonly<Record<string, unknown>> {
  const root: Branch = new Map();
  for (const failure of failures) place(root, failure);
  return Object.fromEntries([...root].map(([name, value]) => [String(name), plain(value)]));
}

function place(root: Branch, { path, message, list }: DeclaredFailure): void {
  let branch = root;
  for (const step of path.slice(0, -1)) {
    const next = branch.get(step) ?? new Map<Step, Branch | string[] | string>();
    // What is wrong with a value as a whole leaves no room for what is wrong in it.
    if (!(next instanceof Map)) return;
    branch.set(step, next);
    branch = next;
  }
  const last = path.at(-1) ?? entityKey;
  const known = branch.get(last);
  if (list === true || last === entityKey) {
    if (known === undefined) branch.set(last, [message]);
    else if (Array.isArray(known) && !known.includes(message)) known.push(message);
  } else if (known === undefined) branch.set(last, message);
}

function plain(value: Branch | string[] | string): unknown {
  if (!(value instanceof Map)) return value;
  const steps = [...value.keys()];
  const places = steps.filter((step) => typeof step === 'number');
  if (places.length === steps.length) {
    const length = Math.max(...places) + 1;
    return Array.from({ length }, (_, i) => plainOrNull(value.get(i)));
  }
  // Lua counts from 1.
  return Object.fromEntries(
    [...value].map(([step, inner]) => [
      typeof step === 'number' ? String(step + 1) : step,
      plain(inner),
    ]),
  );
}

function plainOrNull(value: Branch | string[] | string | undefined): unknown {
  return value === undefined ? null : plain(value);
}
