import { LineCounter } from 'yaml';

/** A piece of the file that was replaced before parsing. */
interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** Name of the variable that the text comes from. */
  readonly variable: string;
  /** Whether the text only stands for a value that is not known. */
  readonly isPlaceholder: boolean;
}

/** A mistake at a place in the file. */
export interface Mistake {
  /** Characters from the start of the original text. */
  readonly offset: number;
  readonly message: string;
}

/** The text of a file, as it is parsed and as it was written. */
export class SourceText {
  /** What is parsed: replacements made, no byte order mark. */
  readonly text: string;
  readonly mistakes: readonly Mistake[];
  /** Whether the text can be parsed all the same, with placeholders for what is not known. */
  readonly isReadable: boolean;
  readonly #original: string;
  readonly #replacements: readonly Replacement[];
  #lines: LineCounter | undefined;
  #unknownLines: Set<number> | undefined;

  /**
   * @param content of the file
   * @param env values for decK's `${{ env "DECK_…" }}`; null leaves these as they are
   */
  constructor(content: string, env: Readonly<Record<string, string | undefined>> | null) {
    const original = content.startsWith('\uFEFF') ? content.slice(1) : content;
    const mistakes: Mistake[] = [];
    const replacements = env === null ? [] : substitutions(original, env, mistakes);
    this.#original = original;
    this.#replacements = replacements;
    this.mistakes = mistakes;
    this.isReadable =
      mistakes.length === replacements.filter(({ isPlaceholder }) => isPlaceholder).length;
    this.text = replaced(original, replacements);
  }

  /** Line and column in the file of a place in the parsed text. */
  position(offset: number): { line: number; column: number } {
    return this.originalPosition(this.#originalOffset(offset));
  }

  /** Line and column of a place in the original text. */
  originalPosition(offset: number): { line: number; column: number } {
    this.#lines ??= lineCounter(this.#original);
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** The variable that a place in the parsed text comes from, if any. */
  variableAt(offset: number): string | undefined {
    return this.#replacementAt(offset)?.variable;
  }

  /** Whether the value at a place in the parsed text begins with a placeholder, quoted or not. */
  isPlaceholder(offset: number): boolean {
    return [offset, offset + 1].some((at) => this.#replacementAt(at)?.isPlaceholder === true);
  }

  /** Whether something in a line of the file is a placeholder, so that what is told of it may be wrong. */
  hasPlaceholder(line: number): boolean {
    this.#unknownLines ??= new Set(
      this.#replacements
        .filter(({ isPlaceholder }) => isPlaceholder)
        .map(({ from }) => this.originalPosition(from).line),
    );
    return this.#unknownLines.has(line);
  }

  /** A message that does not tell what variables hold, which may be secrets. */
  withoutValues(message: string): string {
    let shown = message;
    for (const { text, variable, isPlaceholder } of this.#replacements) {
      if (!isPlaceholder && text.length >= SHORTEST_SECRET)
        shown = shown.replaceAll(text, () => `$${variable}`);
    }
    return shown;
  }

  #replacementAt(offset: number): Replacement | undefined {
    let shift = 0;
    for (const replacement of this.#replacements) {
      const { from, to, text } = replacement;
      const start = from + shift;
      if (offset < start) break;
      if (offset < start + text.length) return replacement;
      shift += text.length - (to - from);
    }
    return undefined;
  }

  #originalOffset(offset: number): number {
    let shift = 0;
    for (const { from, to, text } of this.#replacements) {
      const start = from + shift;
      if (offset < start) break;
      if (offset < start + text.length) return from;
      shift += text.length - (to - from);
    }
    return offset - shift;
  }
}

/** Values below this length, such as ports, are not hidden: they would be found in any message. */
const SHORTEST_SECRET = 6;

const anyForm = /\$\{\{/g;
const envForm = /\$\{\{\s*env\s+"([^"\n]*)"\s*(?:\|\s*(\w+)\s*)?\}\}/y;
/** Filters that say how decK reads the value; YAML does that anyway. */
const typeFilters = ['toInt', 'toFloat', 'toBool'];

function substitutions(
  original: string,
  env: Readonly<Record<string, string | undefined>>,
  mistakes: Mistake[],
): Replacement[] {
  const found: Replacement[] = [];
  for (const { index } of original.matchAll(anyForm)) {
    envForm.lastIndex = index;
    const match = envForm.exec(original);
    if (match === null) {
      mistakes.push({ offset: index, message: 'expected ${{ env "DECK_…" }} behind ${{' });
      continue;
    }
    const { 0: whole, 1: name = '', 2: filter } = match;
    const value = env[name];
    const problem = problemOf(name, filter, value);
    const isPlaceholder = problem !== undefined;
    if (isPlaceholder) mistakes.push({ offset: index, message: problem });
    const text = isPlaceholder ? placeholder(name, filter) : (value ?? '');
    found.push({ from: index, to: index + whole.length, text, variable: name, isPlaceholder });
  }
  return found;
}

/** Something that can stand where the value would; the same for the same variable. */
function placeholder(name: string, filter: string | undefined): string {
  if (filter === 'toBool') return 'true';
  if (filter === 'toInt' || filter === 'toFloat') return '1';
  return name.replaceAll(/\W/g, '_');
}

function problemOf(
  name: string,
  filter: string | undefined,
  value: string | undefined,
): string | undefined {
  if (!name.startsWith('DECK_')) {
    return `environment variable '${name}': its name must start with DECK_`;
  }
  if (value === undefined) return `environment variable '${name}' is not set`;
  if (filter !== undefined && !typeFilters.includes(filter)) {
    return `environment variable '${name}': filter '${filter}' is not supported`;
  }
  return undefined;
}

function replaced(original: string, replacements: readonly Replacement[]): string {
  let out = '';
  let at = 0;
  for (const { from, to, text } of replacements) {
    out += original.slice(at, from) + text;
    at = to;
  }
  return at === 0 ? original : out + original.slice(at);
}

function lineCounter(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    lines.addNewLine(at + 1);
  }
  return lines;
}
