import { getOwn, setOwn } from './own.ts';

/** Names of fields and 0-based places in lists. A last `@entity` stands for the record as a whole. */
export type Path = readonly (string | number)[];

/** Which rule of the schema a value broke. */
export type Rule =
  | 'required'
  | 'type'
  | 'unknown'
  | 'absent'
  | 'one_of'
  | 'between'
  | 'gt'
  | 'length'
  | 'uuid'
  | 'eq'
  | 'foreign'
  | 'check'
  | 'entity'
  | 'reference'
  | 'unique'
  | 'unsupported';

export interface Failure {
  /** Where the failure stands in Kong's tree of `fields`. */
  path: (string | number)[];
  /** Kong's words, unchanged. */
  readonly message: string;
  readonly rule: Rule;
  /** The place in the input when it is another or a more exact one than `path`. */
  at?: (string | number)[];
  /** The nearest right name, for an unknown one. */
  readonly suggestion?: string;
  /** How it is here and what to do, for a field of Kong's that is absent and for some values. */
  readonly instead?: string;
}

/** The key under which Kong lists what is wrong with a record as a whole. */
export const entityKey = '@entity';

/** Reports a failure of the value at hand; callers further out add their names with `prefix`. */
export function fail(
  out: Failure[],
  message: string,
  rule: Rule,
  path: (string | number)[] = [],
): undefined {
  out.push({ path, message, rule });
  return undefined;
}

/** Puts a name before the path of every failure that was added since `mark`. */
export function prefix(out: Failure[], mark: number, name: string | number): void {
  for (let i = mark; i < out.length; i += 1) {
    const failure = out[i];
    failure?.path.unshift(name);
    failure?.at?.unshift(name);
  }
}

/** A tree of messages as Kong answers it in `fields`. */
export interface FieldTree {
  [name: string]: string | string[] | FieldTree | (string | FieldTree | null)[];
}

/** Turns a list of failures into Kong's tree; where two meet in one place the first stays. */
export function fieldTree(failures: readonly Failure[]): FieldTree {
  const root: Record<string, unknown> = {};
  for (const failure of failures) place(root, failure);
  return root as FieldTree;
}

function place(root: Record<string, unknown>, { path, message }: Failure): void {
  // Lists are written by place, as records are by name.
  let node = root;
  for (let i = 0; i < path.length - 1; i += 1) {
    const step = String(path[i]);
    const next = getOwn(node, step) ?? (typeof path[i + 1] === 'number' ? [] : {});
    if (typeof next === 'string') return;
    setOwn(node, step, next);
    node = next as Record<string, unknown>;
  }
  const last = String(path.at(-1) ?? entityKey);
  if (last === entityKey) {
    const list = (node[entityKey] ??= []) as string[];
    if (!list.includes(message)) list.push(message);
  } else {
    if (Array.isArray(node)) while (node.length < Number(last)) node.push(null);
    if (getOwn(node, last) == null) setOwn(node, last, message);
  }
}
