import { Template } from '../../plugin/template/template.ts';
import { TemplateError } from '../../plugin/template/template-error.ts';
import type { Scope, Value } from '../../plugin/template/value.ts';
import { JsonTable } from './json-table.ts';

/** Deepest nesting of lists and objects. */
const MOST_DEEP = 32;

/**
 * JSON with templates in its texts. What comes out is JSON whatever the values are, since they are put
 * into a document that was read before, not into its letters.
 */
export class JsonTemplate {
  /** What is the same for every answer, and what stands between. */
  readonly #parts: (string | Template)[] = [];
  readonly #variables: readonly string[];

  /** @throws TemplateError or SyntaxError */
  constructor(text: string, variables: readonly string[]) {
    this.#variables = variables;
    this.#value(JSON.parse(text), 0);
  }

  /** @throws RenderError */
  render(scope: Scope): string {
    let json = '';
    for (const part of this.#parts) {
      json += typeof part === 'string' ? part : jsonOf(part.evaluate(scope));
    }
    return json;
  }

  #value(value: unknown, depth: number): void {
    if (depth > MOST_DEEP) throw new SyntaxError(`nested more than ${MOST_DEEP} deep`);
    if (typeof value === 'string') this.#text(value);
    else if (typeof value !== 'object' || value === null) this.#add(JSON.stringify(value));
    else if (Array.isArray(value)) this.#list(value, depth);
    else this.#object(value, depth);
  }

  #text(text: string): void {
    const template = Template.parse(text, this.#variables);
    if (template.constant === null) this.#parts.push(template);
    else this.#add(JSON.stringify(text));
  }

  #list(values: readonly unknown[], depth: number): void {
    this.#add('[');
    for (const [i, value] of values.entries()) {
      if (i > 0) this.#add(',');
      this.#value(value, depth + 1);
    }
    this.#add(']');
  }

  #object(object: object, depth: number): void {
    this.#add('{');
    for (const [i, [name, value]] of Object.entries(object).entries()) {
      if (name.includes('$('))
        throw new TemplateError(0, `the name '${name}' cannot be a template`);
      this.#add(`${i > 0 ? ',' : ''}${JSON.stringify(name)}:`);
      this.#value(value, depth + 1);
    }
    this.#add('}');
  }

  #add(text: string): void {
    const last = this.#parts.at(-1);
    if (typeof last === 'string') this.#parts[this.#parts.length - 1] = last + text;
    else this.#parts.push(text);
  }
}

/** What came from JSON stays what it is; another table stands for a text. */
function jsonOf(value: Value): string {
  if (value instanceof JsonTable) return value.toString();
  return JSON.stringify(typeof value === 'object' && value !== null ? String(value) : value);
}
