import { entityKey, type Failure, type Path, type Rule } from '../entities/schema/failure.ts';
import { booleanHint } from './boolean-words.ts';
import type { ParsedDocument } from './document.ts';
import { labelOf, pathOf, type EntityNode, type Values } from './node.ts';
import type { Problem, Unsupported } from './problem.ts';
import type { Mistake, SourceText } from './source-text.ts';

interface Details {
  readonly node?: EntityNode | undefined;
  readonly suggestion?: string | undefined;
  readonly unsupported?: Unsupported | undefined;
  /** Point at the field's name, not at its value. */
  readonly atKey?: boolean;
  readonly rule?: Rule;
}

interface Found extends Problem {
  readonly offset: number;
  readonly rule?: Rule | undefined;
}

/** Gathers what is wrong with one file and knows where it stands. */
export class ProblemList {
  readonly #found: Found[] = [];
  readonly #file: string;
  readonly #source: SourceText;
  #document: ParsedDocument | undefined;

  constructor(file: string, source: SourceText) {
    this.#file = file;
    this.#source = source;
  }

  /** From here on problems are found by their place in the document. */
  locateIn(document: ParsedDocument): void {
    this.#document = document;
  }

  get isEmpty(): boolean {
    return this.#found.length === 0;
  }

  /** Adds what is wrong with the text itself; `original`: the offset is one of the original text. */
  mistake({ offset, message }: Mistake, original = false): void {
    const position = original
      ? this.#source.originalPosition(offset)
      : this.#source.position(offset);
    // Values of variables are put in as they are, and not told, since they may be secrets.
    const variable = original ? undefined : this.#source.variableAt(offset);
    const shown =
      variable === undefined
        ? this.#source.withoutValues(message)
        : `what ${variable} holds cannot stand here without quotes`;
    this.#found.push({ file: this.#file, ...position, message: shown, offset });
  }

  /** Adds what is wrong at a path of the document. */
  add(path: Path, message: string, details: Details = {}): void {
    const { node, suggestion, unsupported, rule } = details;
    const offset = this.#document?.offsetOf(path, details.atKey === true) ?? 0;
    this.#found.push({
      file: this.#file,
      ...this.#source.position(offset),
      ...(node === undefined ? {} : { entity: this.#source.withoutValues(labelOf(node)) }),
      message: this.#source.withoutValues(message),
      ...(suggestion === undefined ? {} : { suggestion }),
      ...(unsupported === undefined ? {} : { unsupported }),
      offset,
      rule,
    });
  }

  /** Adds what validation found in an entity. */
  failure(node: EntityNode, failure: Failure): void {
    const within = (failure.at ?? failure.path).filter((step) => step !== entityKey);
    const { rule, suggestion } = failure;
    const value = valueAt(node.input, within);
    this.add([...pathOf(node), ...within], describe(failure, within, value), {
      node,
      suggestion,
      atKey: rule === 'unknown',
      rule,
      unsupported:
        rule === 'unsupported'
          ? { group: groupOf(node), field: dotted(within), value: String(value) }
          : undefined,
    });
  }

  /** Line of a node in the file, for messages that refer to it. */
  lineOf(node: EntityNode): number {
    return this.#source.position(this.#document?.offsetOf(pathOf(node), false) ?? 0).line;
  }

  /** Everything found, in the order of the file. */
  sorted(): Problem[] {
    // Where nothing may be referred to it does not matter that the reference leads nowhere.
    const empty = new Set(
      this.#found.filter(({ rule }) => rule === 'eq').map(({ offset }) => offset),
    );
    return this.#found
      .filter(({ rule, offset }) => rule !== 'reference' || !empty.has(offset))
      .toSorted((a, b) => a.line - b.line || a.column - b.column || a.offset - b.offset)
      .map(({ offset: _, rule: __, ...problem }) => problem);
  }
}

/** What the report counts a problem of this node under. */
export function groupOf({ table, input }: EntityNode): string {
  return table === 'plugins' ? `plugin ${String(input.name)}` : table;
}

function valueAt(input: Values, path: Path): unknown {
  let value: unknown = input;
  for (const step of path) value = (value as Record<string | number, unknown> | null)?.[step];
  return value;
}

function describe({ path, message, rule }: Failure, within: Path, value: unknown): string {
  if (path.at(-1) === entityKey && path.length === 1) return message;
  if (within.length === 0 || rule === 'reference') return message;
  if (rule === 'unknown') return `unknown field '${dotted(within)}'`;
  const hint = message === 'expected a boolean' ? booleanHint(value) : '';
  return `${dotted(within)}: ${message}${hint}`;
}

/** `paths.1`: places in lists are counted from 1, as Kong does. */
function dotted(path: Path): string {
  return path.map((step) => (typeof step === 'number' ? step + 1 : step)).join('.');
}
