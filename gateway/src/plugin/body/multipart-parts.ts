import { partsOf, type Part } from './multipart.ts';

/** A part that stays, as a piece of the body, or that is new. */
interface Piece {
  readonly name: string | undefined;
  /** From its delimiter line to the CRLF behind its content. */
  readonly text: string;
}

/**
 * The parts of a `multipart/form-data` body, some of which are removed, renamed, set. The others keep
 * their bytes. What is renamed or set comes last, as Kong writes it. Works on latin1 strings.
 */
export class MultipartParts {
  readonly #boundary: string;
  readonly #before: string;
  readonly #after: string;
  #pieces: Piece[];
  #changed = false;

  private constructor(boundary: string, before: string, pieces: Piece[], after: string) {
    this.#boundary = boundary;
    this.#before = before;
    this.#pieces = pieces;
    this.#after = after;
  }

  /**
   * @param most parts that are taken
   * @returns null for a body without a closing delimiter
   */
  static read(body: string, boundary: string, most: number): MultipartParts | 'too many' | null {
    const parts: Part[] = [];
    for (const part of partsOf(body, boundary)) if (parts.push(part) > most) return 'too many';
    const first = parts[0]?.start ?? body.indexOf(`--${boundary}--`);
    const end = parts.at(-1)?.next ?? first;
    if (first === -1 || !body.startsWith(`--${boundary}--`, end)) return null;
    const pieces = parts.map(({ name, start, next }) => ({ name, text: body.slice(start, next) }));
    return new MultipartParts(boundary, body.slice(0, first), pieces, body.slice(end));
  }

  has(name: string): boolean {
    return this.#pieces.some((piece) => piece.name === name);
  }

  remove(name: string): void {
    const kept = this.#pieces.filter((piece) => piece.name !== name);
    if (kept.length === this.#pieces.length) return;
    this.#pieces = kept;
    this.#changed = true;
  }

  /** Gives the parts of a name another. File names and types stay. */
  rename(from: string, to: string): void {
    if (from === to || !this.has(from)) return;
    const renamed = this.#pieces.filter((piece) => piece.name === from);
    this.remove(from);
    this.remove(to);
    for (const { text } of renamed) this.#pieces.push({ name: to, text: withName(text, to) });
  }

  /** @throws RangeError for a value that would end its part */
  set(name: string, value: string): void {
    this.remove(name);
    this.append(name, value);
  }

  /** @throws RangeError for a value that would end its part */
  append(name: string, value: string): void {
    const content = wire(value);
    if (`\r\n${content}`.includes(`\r\n--${this.#boundary}`)) {
      throw new RangeError('the boundary of the body stands in a value');
    }
    const head = `--${this.#boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"`;
    this.#pieces.push({ name, text: `${head}\r\n\r\n${content}\r\n` });
    this.#changed = true;
  }

  /** The body as it is now; null when nothing has changed. */
  text(): string | null {
    if (!this.#changed) return null;
    return this.#before + this.#pieces.map(({ text }) => text).join('') + this.#after;
  }
}

/** The piece with another `name` in its Content-Disposition. */
function withName(piece: string, name: string): string {
  const headEnd = piece.indexOf('\r\n\r\n');
  const head = piece
    .slice(0, headEnd)
    .replace(
      /^(content-disposition:[^\r\n]*?;\s*name=)(?:"(?:[^"\\\r\n]|\\.)*"|[^\s;"]+)/im,
      (_, before: string) => `${before}"${quoted(name)}"`,
    );
  return head + piece.slice(headEnd);
}

/** A name between quotes, as browsers write it. */
function quoted(name: string): string {
  return wire(name).replace(/["\r\n]/g, encodeURIComponent);
}

/** Text as its UTF-8 bytes, one character each. */
function wire(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
