import { isScalar, visit, type Document, type YAMLError } from 'yaml';
import { definitionOf, tableNames } from '../../entities/tables.ts';
import type { Mistake } from './source-text.ts';

/**
 * What is wrong with the syntax of a YAML file, in plain words with the parser's behind them. Of
 * several mistakes only the first is told, since the others mostly follow from it; fields that stand
 * there twice are all told.
 *
 * @param text what was parsed
 */
export function yamlMistakes(document: Document, text: string): Mistake[] {
  const found = [...document.errors, ...document.warnings].toSorted((a, b) => a.pos[0] - b.pos[0]);
  const first = found.find(({ code }) => code !== 'DUPLICATE_KEY');
  return (first === undefined ? found : [first]).map((error) => {
    const said = inOurWords(error.message);
    const { message, offset = error.pos[0] } = inPlainWords(
      error,
      new Place(text, error),
      document,
    );
    return { offset, message: message === undefined ? said : `${message} (${said})` };
  });
}

/** The first line of a parser's message. Both parsers call themselves, so depth exhausts the stack. */
export function inOurWords(message: string): string {
  if (message.startsWith('Maximum call stack size')) return 'nested too deeply';
  return message.split('\n')[0] ?? message;
}

interface Explanation {
  readonly message?: string;
  /** Where it stands, when that is not where the parser noticed. */
  readonly offset?: number | undefined;
}

const indentation = 'the indentation of this line does not fit the lines above';

function inPlainWords(error: YAMLError, place: Place, document: Document): Explanation {
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return { message: 'a tab where spaces are needed' };
    case 'BAD_INDENT':
      return { message: /^Flow/.test(error.message) ? unclosed(error.message) : indentation };
    case 'BLOCK_AS_IMPLICIT_KEY':
      if (/^\s*-\s/.test(place.rest)) return { message: indentation };
      if (hasColon(place.rest)) {
        return { message: 'a second colon on one line; put the value in quotes if it has one' };
      }
      return { message: indentation, offset: place.nextLine };
    case 'MULTILINE_IMPLICIT_KEY':
      return { message: keyProblem(place.line) };
    case 'MISSING_CHAR':
      if (error.message.startsWith('Missing closing')) {
        return { message: 'a quote is opened here and never closed', offset: openQuote(document) };
      }
      return {
        message: error.message.startsWith('Implicit map keys')
          ? keyProblem(place.line)
          : indentation,
      };
    case 'UNEXPECTED_TOKEN':
      if (!error.message.startsWith('Unexpected scalar')) return {};
      return { message: 'the value has ended before this; put all of it in quotes' };
    case 'BAD_SCALAR_START':
      return { message: `a value that begins with ${place.rest.charAt(0)} needs quotes` };
    case 'BAD_DQ_ESCAPE':
      return { message: 'a backslash in double quotes; use single quotes, or two backslashes' };
    case 'DUPLICATE_KEY':
      return { message: `${named(place.rest, 'the field')} stands here for the second time` };
    case 'MULTIPLE_DOCS':
      return { message: 'a second document begins here; give it a file of its own' };
    case 'TAG_RESOLVE_FAILED':
      return { message: 'tags mean nothing here; quote the value if it is a text' };
    default:
      return {};
  }
}

/** Where the parser noticed a mistake. */
class Place {
  readonly #text: string;
  readonly #offset: number;

  constructor(text: string, { pos }: YAMLError) {
    this.#text = text;
    this.#offset = pos[0];
  }

  /** The line. */
  get line(): string {
    const start = this.#text.lastIndexOf('\n', this.#offset - 1) + 1;
    return this.#text.slice(start, this.#lineEnd);
  }

  /** The line from there on. */
  get rest(): string {
    return this.#text.slice(this.#offset, this.#lineEnd);
  }

  /** Where the next line with anything on it begins. */
  get nextLine(): number {
    const found = /\S/.exec(this.#text.slice(this.#lineEnd));
    return found === null ? this.#offset : this.#lineEnd + found.index;
  }

  get #lineEnd(): number {
    const end = this.#text.indexOf('\n', this.#offset);
    return end === -1 ? this.#text.length : end;
  }
}

function unclosed(message: string): string {
  const bracket = message.includes('map') ? '{' : '[';
  return `the ${bracket} before this is not closed, or what is in it is not indented`;
}

/** Why a line that ought to be `name: value` is not. */
function keyProblem(line: string): string {
  if (hasColon(line)) return indentation;
  if (line.includes(':')) return 'a space is missing after the colon';
  return `a colon is missing after ${named(line, 'the name of the field')}`;
}

function hasColon(text: string): boolean {
  return /:(?:\s|$)/.test(text);
}

const knownNames: ReadonlySet<string> = new Set(
  tableNames.flatMap((table) => [table, ...Object.keys(definitionOf(table).fields)]),
);

/** The name that a line begins with. What is no field's may be a secret, and is not told. */
function named(line: string, otherwise: string): string {
  const name = /^[\s"'-]*(\w+)/.exec(line)?.[1] ?? '';
  return knownNames.has(name) ? `'${name}'` : otherwise;
}

/** Where the last quoted text begins. */
function openQuote(document: Document): number | undefined {
  let offset: number | undefined;
  visit(document, {
    Scalar: (_key, node) => {
      if (isScalar(node) && node.type?.startsWith('QUOTE') === true) offset = node.range?.[0];
    },
  });
  return offset;
}
