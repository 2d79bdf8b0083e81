import { entityKey, type Failure, type Path } from '../entities/schema/failure.ts';

/**
 * Leaves out what follows from other failures of the same entity: once those are mended it may well
 * hold. A misspelt `path` is why `paths` is missing, and all that needs to be told.
 *
 * @param shorthands fields that stand for others, such as `url`
 */
export function withoutFollowOns(
  failures: readonly Failure[],
  shorthands: object = {},
): readonly Failure[] {
  if (failures.length < 2) return failures;
  const meant = new Set<string>();
  const wrong = new Set<string>();
  for (const { path, rule, suggestion } of failures) {
    const record = path.slice(0, -1);
    if (suggestion !== undefined) {
      meant.add(dotted([...record, suggestion]));
      if (record.length === 0 && Object.hasOwn(shorthands, suggestion)) meant.add(anyOfRecord);
    } else if (rule !== 'required' && path.at(-1) !== entityKey) wrong.add(dotted(path));
  }
  const told = new Set<string>();
  return failures.filter((failure) => {
    const { path, message, rule } = failure;
    const isMissing = meant.has(dotted(path)) || (path.length === 1 && meant.has(anyOfRecord));
    if (rule === 'required' || rule === 'entity' ? isMissing : false) return false;
    if (path.at(-1) !== entityKey) return true;
    // Comes along with what is wrong with another field, which says more.
    if (message.startsWith('failed conditional validation')) return false;
    const names = namesIn(failure);
    if (names.some((name) => meant.has(name) || wrong.has(name))) return false;
    const key = names.join();
    return key === '' || told.size !== told.add(key).size;
  });
}

/** Stands for every field of an entity. */
const anyOfRecord = '*';

/** The fields that a rule over several of them names. */
function namesIn({ path, message }: Failure): string[] {
  const record = path.slice(0, -1);
  return [...message.matchAll(/'([\w.]+)'/g)].map(([, name = '']) => dotted([...record, name]));
}

function dotted(path: Path): string {
  return path.join('.');
}
