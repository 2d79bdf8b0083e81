import { FieldNames } from './field-names.ts';
import { withoutPadding } from './padding.ts';
import { RecentMap } from './recent-map.ts';

const NONE = new FieldNames([]);

/** Names by lines, which tell of the same consumers again and again. */
const namesByText = new RecentMap<FieldNames>(1000);
/** Characters. Longer ones tell claims of tokens, of which each has its own. */
const LONGEST_KEPT = 1000;

/**
 * Lines of fields, put together before they are needed: they are added to a message in one piece, and
 * looked into only when somebody asks for one of the fields.
 */
export class FieldLines {
  readonly names: FieldNames;
  /** Each line `Name: value\r\n`, already checked and escaped. */
  readonly text: string;

  /**
   * @param names of the fields in it, of all and of no others: whoever asks for a field is answered by
   *   them alone. For lines whose fields differ from one to the other there is `of`.
   */
  constructor(names: FieldNames, text: string) {
    this.names = names;
    this.text = text;
  }

  /** Lines of which nobody has said what fields they are. For those that are kept. */
  static of(text: string): FieldLines {
    const lines = new FieldLines(NONE, text).list();
    return new FieldLines(new FieldNames(lines.map(([name]) => name)), text);
  }

  /** The same for lines that are not kept, but come again. */
  static ofRecurring(text: string): FieldLines {
    const known = namesByText.get(text);
    if (known !== undefined) return new FieldLines(known, text);
    const lines = FieldLines.of(text);
    if (text.length <= LONGEST_KEPT) namesByText.set(text, lines.names);
    return lines;
  }

  has(lower: string): boolean {
    return this.names.lower.includes(lower);
  }

  /** Every line as `[name, value]`. */
  list(): [name: string, value: string][] {
    const all: [string, string][] = [];
    const { text } = this;
    for (let start = 0; start < text.length;) {
      const colon = text.indexOf(':', start);
      const end = text.indexOf('\r\n', colon);
      all.push([text.slice(start, colon), withoutPadding(text.slice(colon + 1, end))]);
      start = end + 2;
    }
    return all;
  }

  /** Values of a field in order; `lower` is its name in lower case. */
  valuesOf(lower: string): string[] {
    const all = this.list().filter(([name]) => name.toLowerCase() === lower);
    return all.map(([, value]) => value);
  }
}
