/** Forms as `application/x-www-form-urlencoded` bodies and query strings write them. */

/** Every field with its value, decoded; `''` where a pair has no `=`. */
export function formPairs(form: string): [name: string, value: string][] {
  return form
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [key, value] = splitPair(pair);
      return [decodeForm(key), decodeForm(value ?? '')];
    });
}

/** Every value of a field, decoded; `''` where a pair has no `=`. */
export function formValues(form: string, name: string): string[] {
  const values: string[] = [];
  for (const pair of form.split('&')) {
    const [key, value] = splitPair(pair);
    if (decodeForm(key) === name) values.push(decodeForm(value ?? ''));
  }
  return values;
}

/**
 * The form without the pairs of a field. What stays is kept as it was written, but a pair without
 * `=` gets one, as Kong writes it. A form that does not have the field comes back unchanged.
 */
export function withoutField(form: string, name: string): string {
  const kept: string[] = [];
  let found = false;
  for (const pair of form.split('&')) {
    const [key, value] = splitPair(pair);
    if (decodeForm(key) === name) found = true;
    else if (pair !== '') kept.push(value === undefined ? `${pair}=` : pair);
  }
  return found ? kept.join('&') : form;
}

/** Name and value of a pair as they are written; undefined where there is no `=`. */
export function splitPair(pair: string): [key: string, value: string | undefined] {
  const equals = pair.indexOf('=');
  return equals < 0 ? [pair, undefined] : [pair.slice(0, equals), pair.slice(equals + 1)];
}

/** Undoes the form encoding; escapes that are no UTF-8 stay as they are. */
export function decodeForm(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
