/**
 * Writes values as YAML in blocks. Unlike a general writer it makes text entity by entity, and fast:
 * whatever could be read as something else is written as in JSON, which YAML contains.
 */

/** An element of a list of records: `- id: …` and the lines below it, indented by two. */
export function yamlElement(record: Readonly<Record<string, unknown>>): string {
  const lines: string[] = [];
  writeFields(record, '  ', lines);
  const [first = '', ...rest] = lines;
  return [`- ${first.slice(2)}`, ...rest, ''].join('\n');
}

function writeFields(
  record: Readonly<Record<string, unknown>>,
  indent: string,
  lines: string[],
): void {
  for (const [name, value] of Object.entries(record)) {
    if (value === undefined) continue;
    const key = `${indent}${scalar(name)}:`;
    if (isFlat(value)) lines.push(`${key} ${flow(value)}`);
    else if (Array.isArray(value)) {
      lines.push(key);
      for (const element of value as unknown[]) writeElement(element, indent, lines);
    } else {
      lines.push(key);
      writeFields(value as Readonly<Record<string, unknown>>, `${indent}  `, lines);
    }
  }
}

function writeElement(element: unknown, indent: string, lines: string[]): void {
  if (isFlat(element) || Array.isArray(element)) {
    lines.push(`${indent}- ${flow(element)}`);
    return;
  }
  const first = lines.length;
  writeFields(element as Readonly<Record<string, unknown>>, `${indent}  `, lines);
  lines[first] = `${indent}- ${(lines[first] ?? '').slice(indent.length + 2)}`;
}

/** Whether a value fits on the line of its name. */
function isFlat(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (!Array.isArray(value)) return Object.keys(value).length === 0;
  return value.every((element) => typeof element !== 'object' || element === null);
}

function flow(value: unknown): string {
  if (typeof value === 'string') return scalar(value);
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  return escaped(JSON.stringify(value));
}

/** Words that YAML, in one version or another, does not read as text. */
const reserved = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

function scalar(text: string): string {
  const isPlain = /^[a-z_][\w-]*$/i.test(text) && !reserved.test(text);
  return isPlain ? text : escaped(JSON.stringify(text));
}

/** JSON lets characters stand for themselves that YAML does not. */
function escaped(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
