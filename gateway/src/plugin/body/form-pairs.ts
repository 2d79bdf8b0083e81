import { decodeForm, splitPair } from './form.ts';

/**
 * The pairs of a form or of a query string, some of which are removed, renamed, set. The others keep
 * their bytes. Once something has changed, pairs stand in the order of their names, as Kong writes them.
 */
export class FormPairs {
  #pairs: Pair[];
  #changed = false;

  private constructor(pairs: Pair[]) {
    this.#pairs = pairs;
  }

  static read(form: string): FormPairs {
    const written = form.split('&').filter((pair) => pair !== '');
    return new FormPairs(written.map((text) => ({ name: decodeForm(splitPair(text)[0]), text })));
  }

  has(name: string): boolean {
    return this.#pairs.some((pair) => pair.name === name);
  }

  /** Removes every pair of a name. */
  remove(name: string): void {
    const kept = this.#pairs.filter((pair) => pair.name !== name);
    if (kept.length === this.#pairs.length) return;
    this.#pairs = kept;
    this.#changed = true;
  }

  /** Gives every pair of a name another, and takes away those that had that one. */
  rename(from: string, to: string): void {
    if (from === to || !this.has(from)) return;
    this.remove(to);
    this.#changed = true;
    this.#pairs = this.#pairs.map((pair) => {
      if (pair.name !== from) return pair;
      const value = splitPair(pair.text)[1];
      const name = encodeURIComponent(to);
      return { name: to, text: value === undefined ? name : `${name}=${value}` };
    });
  }

  /** Sets the one value of a name. */
  set(name: string, value: string): void {
    this.remove(name);
    this.append(name, value);
  }

  append(name: string, value: string): void {
    const text = `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
    this.#pairs.push({ name, text });
    this.#changed = true;
  }

  /** Takes in the pairs of another form, in place of those of the same names. */
  take(others: FormPairs): void {
    const names = new Set(others.#pairs.map(({ name }) => name));
    this.#pairs = [...this.#pairs.filter(({ name }) => !names.has(name)), ...others.#pairs];
    this.#changed ||= names.size > 0;
  }

  /** The form as it is now; null when nothing has changed. */
  text(): string | null {
    if (!this.#changed) return null;
    const sorted = this.#pairs.toSorted((a, b) =>
      a.name === b.name ? 0 : a.name < b.name ? -1 : 1,
    );
    return sorted.map(({ text }) => text).join('&');
  }
}

interface Pair {
  /** Decoded. */
  readonly name: string;
  /** As it stands in the form. */
  readonly text: string;
}

/** Whether a form has more pairs than this; found out without taking it apart. */
export function hasMorePairs(form: string, most: number): boolean {
  let count = 1;
  for (let at = form.indexOf('&'); at !== -1; at = form.indexOf('&', at + 1)) {
    if (++count > most) return true;
  }
  return false;
}
