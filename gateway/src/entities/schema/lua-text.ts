/**
 * Values as Kong writes them into messages: it prints nested tables the way Lua writes them.
 */

const keywords = new Set(
  'and break do else elseif end false for function goto if in local nil not or repeat return then true until while'.split(
    ' ',
  ),
);

/** A value over several lines, indented by two spaces a level; lists with gaps are numbered. */
export function luaText(value: unknown): string {
  const lines: string[] = [];
  write(value, '', '', lines);
  return lines.join('\n').replace(/,$/, '');
}

/** A value in one line: `{a="x",["b-c"]={1,2}}`. */
export function luaLine(value: unknown): string {
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'string' ? quoted(value) : String(value);
  }
  const inner = entriesOf(value).map(
    ([key, element]) => key.replace(/ = $/, '=') + luaLine(element),
  );
  return `{${inner.join(',')}}`;
}

function write(value: unknown, before: string, indent: string, lines: string[]): void {
  if (typeof value !== 'object' || value === null) {
    lines.push(`${before}${typeof value === 'string' ? quoted(value) : String(value)},`);
    return;
  }
  lines.push(`${before}{`);
  const inner = `${indent}  `;
  for (const [key, element] of entriesOf(value)) write(element, inner + key, inner, lines);
  const last = lines.length - 1;
  lines[last] = lines[last]?.replace(/,$/, '') ?? '';
  lines.push(`${indent}},`);
}

/** Elements with what stands before them: nothing in a list up to its first gap. */
function entriesOf(value: object): [string, unknown][] {
  if (!Array.isArray(value)) {
    return Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, element]) => [`${nameText(name)} = `, element]);
  }
  const entries: [string, unknown][] = [];
  let gap = false;
  for (const [i, element] of (value as unknown[]).entries()) {
    if (element === null || element === undefined) gap = true;
    else entries.push([gap ? `[${i + 1}] = ` : '', element]);
  }
  return entries;
}

function nameText(name: string): string {
  return /^[a-zA-Z_]\w*$/.test(name) && !keywords.has(name) ? name : `["${name}"]`;
}

function quoted(text: string): string {
  if (text.includes('\n') && !text.includes('\r')) return longBracket(text);
  const escaped = text
    .replace(/["\\]/g, '\\$&')
    .replaceAll('\n', '\\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\0', '\\0');
  return `"${escaped}"`;
}

/** Lua's quotes for texts of several lines, with as many `=` as it takes. */
function longBracket(text: string): string {
  let level = '';
  while (text.includes(`]${level}]`)) level += '=';
  const start = text.startsWith('\n') ? '\n' : '';
  return `[${level}[${start}${text}]${level}]`;
}
