import { splitJson } from './text/json-split.ts';
import { knownDocument, type KnownDocument } from './known-document.ts';
import type { Declarative, DeclarativeOptions } from './parse.ts';
import { ProblemList } from './problem-list.ts';
import { readWhole } from './read-whole.ts';
import { SourceText } from './text/source-text.ts';
import { updateDocument } from './update-document.ts';

/**
 * Reads one file again and again, as `parseDeclarative` does. Of JSON, elements of collections whose
 * text is the same as when the file was last found good are not read again: they keep their
 * entities, which are the same objects, and with them what was filled in, such as `created_at` and
 * generated keys. For that the text of the file is kept. Everything else, and whatever is wrong, is
 * read from beginning to end.
 */
export class DeclarativeReader {
  readonly #fileName: string;
  readonly #options: DeclarativeOptions;
  #known: KnownDocument | undefined;

  /** @param fileName see `parseDeclarative` */
  constructor(fileName: string, options: DeclarativeOptions) {
    this.#fileName = fileName;
    this.#options = options;
  }

  /** @param text content of the file as it is now */
  read(text: string): Declarative {
    const { env = process.env } = this.#options;
    const source = new SourceText(text, env);
    const split =
      source.mistakes.length === 0 ? splitJson(source.text, this.#known?.split) : undefined;
    if (split !== undefined && this.#known !== undefined) {
      const problems = new ProblemList(this.#fileName, source);
      const updated = updateDocument(this.#known, split, this.#options, problems);
      if (updated !== undefined) return this.#take(updated);
    }
    const whole = readWhole(source, this.#fileName, this.#options);
    if (!whole.ok) return whole;
    const { tables: entities, rules } = whole;
    this.#known = split !== undefined && whole.isJson ? knownDocument(whole, split) : undefined;
    return { ok: true, entities, transform: rules.transform };
  }

  #take(known: KnownDocument): Declarative {
    this.#known = known;
    return { ok: true, entities: known.tables, transform: known.rules.transform };
  }
}
