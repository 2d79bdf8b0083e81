import { setOwn } from '../../entities/schema/own.ts';
import { AdminError } from '../endpoint.ts';

/** A value while fields are still coming. */
type Node = string | Branch;

class Branch {
  /** Names of a record, or numbers of a list. */
  readonly children = new Map<string, Node>();
  isList = false;

  /** A place behind all others of a list. */
  nextPlace(): string {
    let last = 0;
    for (const name of this.children.keys()) last = Math.max(last, Number(name) || 0);
    return String(last + 1);
  }
}

const MOST_FIELDS = 1000;
const MOST_STEPS = 100;

/**
 * Turns the fields of a form into a record, in Kong's dialect: `a.b=1` nests, `a[]=1` and a repeated
 * `a=1` append to a list, `a[2]=1` says where in it, `a[b]=1` is `a.b=1`. All values stay texts.
 *
 * @throws AdminError 400 when fields contradict each other or are too many
 */
export function formRecord(fields: Iterable<readonly [string, string]>): Record<string, unknown> {
  const root = new Branch();
  let count = 0;
  for (const [name, value] of fields) {
    count += 1;
    if (count > MOST_FIELDS) throw refusal(`a form may have ${MOST_FIELDS} fields at most`);
    place(root, name, value);
  }
  return toValue(root) as Record<string, unknown>;
}

function place(root: Branch, name: string, value: string): void {
  const steps = stepsOf(name);
  if (steps.length > MOST_STEPS) throw refusal(`'${name.slice(0, 50)}…' is nested too deeply`);
  let branch = root;
  for (const [i, { key, inList }] of steps.entries()) {
    if (inList) branch.isList = true;
    const place = key === '' && inList ? branch.nextPlace() : key;
    const known = branch.children.get(place);
    if (i < steps.length - 1) {
      const next = typeof known === 'string' ? listBehind(known, steps[i + 1], name) : known;
      const child = next ?? new Branch();
      branch.children.set(place, child);
      branch = child;
    } else {
      branch.children.set(place, known === undefined ? value : appended(known, name, value));
    }
  }
}

/** A second value for one name makes a list of it. */
function appended(known: Node, name: string, value: string): Branch {
  if (known instanceof Branch && !known.isList)
    throw refusal(`'${name}' contradicts another field`);
  const list = known instanceof Branch ? known : listOf(known);
  list.children.set(list.nextPlace(), value);
  return list;
}

/** `a=1&a[]=2`: what stood alone becomes the first of a list. */
function listBehind(known: string, next: Step | undefined, name: string): Branch {
  if (next?.inList !== true) throw refusal(`'${name}' contradicts another field`);
  return listOf(known);
}

function listOf(value: string): Branch {
  const list = new Branch();
  list.isList = true;
  list.children.set('1', value);
  return list;
}

interface Step {
  readonly key: string;
  readonly inList: boolean;
}

/** `a.b[1][]` → a, b, place 1, a place behind all others. */
function stepsOf(name: string): Step[] {
  const steps: Step[] = [];
  for (const part of name.split('.')) {
    const opening = part.indexOf('[');
    const bracketed = opening > 0 && /^(?:\[[^[\]]*\])+$/.test(part.slice(opening));
    steps.push({ key: bracketed ? part.slice(0, opening) : part, inList: false });
    if (!bracketed) continue;
    for (const [, key = ''] of part.slice(opening).matchAll(/\[([^[\]]*)\]/g)) {
      steps.push({ key, inList: /^\d*$/.test(key) });
    }
  }
  return steps;
}

function toValue(node: Node): unknown {
  if (typeof node === 'string') return node;
  if (node.isList && [...node.children.keys()].every((key) => /^\d+$/.test(key))) {
    return [...node.children]
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, child]) => toValue(child));
  }
  const record: Record<string, unknown> = {};
  for (const [name, child] of node.children) setOwn(record, name, toValue(child));
  return record;
}

function refusal(message: string): AdminError {
  return new AdminError(400, { message });
}
