/** A configured `name:value`. */
export interface NameValue {
  readonly name: string;
  /** Null where nothing stands behind the name. */
  readonly value: string | null;
}

/** Takes `name:value` apart as Kong does: at the first colon, and colons right behind it do not count. */
export function nameValue(text: string): NameValue {
  const colon = text.indexOf(':');
  if (colon === -1) return { name: text, value: null };
  const value = text.slice(colon).replace(/^:+/, '');
  return { name: text.slice(0, colon), value: value === '' ? null : value };
}

/** Those of a list that have a value. */
export function nameValues(texts: readonly string[]): { name: string; value: string }[] {
  return texts.flatMap((text) => {
    const { name, value } = nameValue(text);
    return value === null ? [] : [{ name, value }];
  });
}
