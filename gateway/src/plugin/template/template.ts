import { ExpressionParser, type Expression } from './expression.ts';
import { RenderError, TemplateError } from './template-error.ts';
import { textOf, type Scope, type Value } from './value.ts';

/**
 * A text with expressions in it, as Kong's plugins take them: `Bearer $(headers.x_token)`. Nothing in
 * it is executed: expressions are read once, by a parser of their own.
 */
export class Template {
  /** As it was written. */
  readonly source: string;
  /** The whole text, where it has no expression in it. */
  readonly constant: string | null;
  readonly #parts: readonly (string | Expression)[];
  /** The variables that it uses. */
  readonly #reads: ReadonlySet<string>;

  private constructor(
    source: string,
    parts: readonly (string | Expression)[],
    reads: ReadonlySet<string>,
  ) {
    this.source = source;
    this.#parts = parts;
    this.#reads = reads;
    const texts = parts.filter((part) => typeof part === 'string');
    this.constant = texts.length === parts.length ? texts.join('') : null;
  }

  /**
   * @param variables names that expressions may use
   * @throws TemplateError
   */
  static parse(text: string, variables: readonly string[]): Template {
    const parts: (string | Expression)[] = [];
    const reads = new Set<string>();
    let from = 0;
    // A `$(` that nothing closes is text like any other.
    const last = text.lastIndexOf(')');
    for (let at = text.indexOf('$('); at !== -1 && at < last; at = text.indexOf('$(', from)) {
      if (at > from) parts.push(text.slice(from, at));
      const { expression, end } = new ExpressionParser(text, at + 2, variables, reads).read();
      parts.push(expression);
      from = end;
    }
    if (from < text.length) parts.push(text.slice(from));
    return new Template(text, parts, reads);
  }

  /** The templates around the first of a sign that stands outside of expressions; null without one. */
  split(sign: string): readonly [before: Template, after: Template] | null {
    const place = this.#parts.findIndex((part) => typeof part === 'string' && part.includes(sign));
    if (place === -1) return null;
    const text = this.#parts[place] as string;
    const at = text.indexOf(sign);
    const before = [...this.#parts.slice(0, place), text.slice(0, at)];
    const after = [text.slice(at + 1), ...this.#parts.slice(place + 1)];
    return [
      new Template(this.source, before, this.#reads),
      new Template(this.source, after, this.#reads),
    ];
  }

  /** Its texts in order, with null in the place of every expression. */
  get texts(): readonly (string | null)[] {
    return this.#parts.map((part) => (typeof part === 'string' ? part : null));
  }

  /**
   * The value of its expression where it is nothing but one, else the text that it comes to.
   *
   * @throws RenderError naming the template
   */
  evaluate(scope: Scope): Value {
    const [only] = this.#parts;
    if (this.#parts.length !== 1 || typeof only !== 'function') return this.render(scope);
    try {
      return only(scope);
    } catch (error) {
      throw this.#named(error);
    }
  }

  /**
   * The text with its expressions filled in.
   *
   * @param escape makes of what an expression comes to what may stand there
   * @throws RenderError naming the template
   */
  render(scope: Scope, escape: (text: string) => string = asItIs): string {
    if (this.constant !== null) return this.constant;
    try {
      let text = '';
      for (const part of this.#parts) {
        text += typeof part === 'string' ? part : escape(textOf(part(scope)));
      }
      return text;
    } catch (error) {
      throw this.#named(error);
    }
  }

  #named(error: unknown): unknown {
    if (!(error instanceof RenderError)) return error;
    const message = `${error.message}, in the template '${this.source}'`;
    return new RenderError(message, error.isMissing, this.#reads);
  }
}

function asItIs(text: string): string {
  return text;
}

/** What is wrong with a template, in words for whoever wrote it; undefined when nothing is. */
export function templateProblem(text: string, variables: readonly string[]): string | undefined {
  try {
    Template.parse(text, variables);
    return undefined;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return `invalid template at character ${error.at + 1}: ${error.message}`;
  }
}
