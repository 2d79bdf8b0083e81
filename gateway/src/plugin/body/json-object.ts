/**
 * The outermost object of a JSON document, of which some members are removed, renamed, set. All others
 * keep their bytes and their place: parsing and writing anew would round large numbers and reorder
 * members. Works on latin1 strings, so that every byte survives.
 */
export class JsonObject {
  readonly #before: string;
  readonly #parts: Part[];
  readonly #after: string;
  /** Members of the names that were asked for. A name may be repeated: the last one counts. */
  readonly #members = new Map<string, Part[]>();

  private constructor(before: string, parts: Part[], after: string) {
    this.#before = before;
    this.#parts = parts;
    this.#after = after;
    for (const part of parts) {
      if (part.name === null) continue;
      const same = this.#members.get(part.name);
      if (same === undefined) this.#members.set(part.name, [part]);
      else same.push(part);
    }
  }

  /**
   * @param names of the members that may be asked for and changed
   * @returns undefined for what is no JSON, or JSON whose outermost value is no object
   */
  static read(bytes: Uint8Array, names: ReadonlySet<string>): JsonObject | undefined {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    if (!isObject(text)) return undefined;
    const start = text.indexOf('{') + 1;
    const { parts, end } = partsOf(text, start, names);
    return new JsonObject(text.slice(0, start), parts, text.slice(end));
  }

  has(name: string): boolean {
    return this.#members.has(name);
  }

  /** Removes every member of a name. */
  remove(name: string): void {
    for (const part of this.#members.get(name) ?? []) part.text = null;
    this.#members.delete(name);
  }

  /** Gives a member another name, and takes away whatever had that one. */
  rename(from: string, to: string): void {
    const value = this.#valueOf(from);
    if (value === undefined || from === to) return;
    this.remove(to);
    this.#put(from, to, value);
  }

  /** Sets a member, in its place where there is one. @param value JSON */
  set(name: string, value: string): void {
    this.#put(name, name, wire(value));
  }

  /** Adds to a member's list of values; a value that is no list becomes its first. @param value JSON */
  append(name: string, value: string): void {
    const before = this.#valueOf(name)?.trim() ?? '[]';
    const items = before.startsWith('[') ? before.slice(1, -1).trim() : before;
    const added = wire(value);
    this.#put(name, name, items === '' ? `[${added}]` : `[${items},${added}]`);
  }

  bytes(): Buffer {
    const texts = this.#parts.flatMap(({ text }) => (text === null ? [] : [text]));
    return Buffer.from(this.#before + texts.join(',') + this.#after, 'latin1');
  }

  #valueOf(name: string): string | undefined {
    const part = this.#members.get(name)?.at(-1);
    return part?.text?.slice(part.valueAt);
  }

  /** Puts a member in the place of the one that has a name, or at the end. @param value in wire form */
  #put(name: string, newName: string, value: string): void {
    const place = this.#members.get(name)?.at(-1);
    this.remove(name);
    const part = place ?? { name: newName, text: null, valueAt: 0 };
    if (place === undefined) this.#parts.push(part);
    const label = `${wire(JSON.stringify(newName))}:`;
    part.text = label + value;
    part.valueAt = label.length;
    this.#members.set(newName, [part]);
  }
}

/** A member that may change, or a run of those that do not. */
interface Part {
  /** Unescaped; null for a run. */
  readonly name: string | null;
  /** As it stands in the document, white space included; null once it is removed. */
  text: string | null;
  /** Where in the text of a member its value begins. */
  valueAt: number;
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** @param start first character behind the object's `{`; `end` is its `}` */
function partsOf(
  text: string,
  start: number,
  names: ReadonlySet<string>,
): { readonly parts: Part[]; readonly end: number } {
  const parts: Part[] = [];
  /** Where the run of untouched members begins; -1 when there is none. */
  let run = -1;
  for (let at = start; ;) {
    const end = endOfMember(text, at);
    const quote = text.indexOf('"', at);
    const isMember = quote !== -1 && quote < end;
    const nameEnd = isMember ? endOfString(text, quote) : end;
    const name = isMember ? unescaped(text.slice(quote, nameEnd + 1)) : null;
    const isWanted = name !== null && names.has(name);
    if (isWanted) {
      if (run !== -1) parts.push({ name: null, text: text.slice(run, at - 1), valueAt: 0 });
      run = -1;
      const valueAt = text.indexOf(':', nameEnd) + 1 - at;
      parts.push({ name, text: text.slice(at, end), valueAt });
    } else if (run === -1 && isMember) run = at;
    if (text[end] === ',') {
      at = end + 1;
      continue;
    }
    if (run !== -1) parts.push({ name: null, text: text.slice(run, end), valueAt: 0 });
    return { parts, end };
  }
}

/** The string that a JSON string in wire form stands for. */
function unescaped(quoted: string): string {
  // eslint-disable-next-line no-control-regex -- the whole range is meant
  if (/^[\x00-\x5b\x5d-\x7f]*$/.test(quoted)) return quoted.slice(1, -1);
  return JSON.parse(Buffer.from(quoted, 'latin1').toString('utf8')) as string;
}

/** Text as its UTF-8 bytes, one character each. */
function wire(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Index of the `,` or `}` that ends the member which begins at `at`. */
function endOfMember(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const char = text[i];
    if (char === '"') i = endOfString(text, i);
    else if (char === '{' || char === '[') depth++;
    else if (depth > 0 && (char === '}' || char === ']')) depth--;
    else if (depth === 0 && (char === ',' || char === '}')) return i;
  }
  return text.length;
}

/** Index of the quote that ends the string which begins at `at`. */
function endOfString(text: string, at: number): number {
  let i = at + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}
