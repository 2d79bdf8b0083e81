import { AdminError } from '../endpoint.ts';

/** Deeper values than any entity has would only make every later step recurse. */
const DEEPEST = 100;

/**
 * Parses a JSON body. A list is taken for the record that Lua would see in it.
 *
 * @throws AdminError 400 when it is not JSON, or neither a record nor a list
 */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw mistake();
  }
  if (typeof value !== 'object' || value === null) throw mistake();
  checkValue(value, 1);
  if (!Array.isArray(value)) return value;
  return Object.fromEntries(value.map((element: unknown, i) => [String(i + 1), element]));
}

/** Refuses what is nested too deeply, and halves of surrogate pairs, which are no text. */
function checkValue(value: unknown, depth: number): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw mistake();
  } else if (typeof value === 'object' && value !== null) {
    if (depth > DEEPEST) throw mistake();
    for (const [name, inner] of Object.entries(value)) {
      if (!name.isWellFormed()) throw mistake();
      checkValue(inner, depth + 1);
    }
  }
}

function mistake(): AdminError {
  return new AdminError(400, { message: 'Cannot parse JSON body' });
}
