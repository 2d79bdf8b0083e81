import { cookiesOf } from '../../../plugin/cookies.ts';
import { fieldText } from '../../../plugin/header-line.ts';
import type { RequestView } from '../../../plugin/plugin.ts';
import type { Pairs } from './parameter.ts';

/** The pairs of a query: names decoded, values as they were sent, but for `+`. */
export function queryPairs({ query }: Pick<RequestView, 'query'>): Pairs {
  if (query === '') return [];
  const pairs = query.split('&').filter((pair) => pair !== '');
  return pairs.map((pair) => {
    const equals = pair.indexOf('=');
    const name = equals === -1 ? pair : pair.slice(0, equals);
    const text = equals === -1 ? '' : pair.slice(equals + 1);
    return [nameIn(name), spaced(fieldText(text))];
  });
}

export function cookiePairs(request: RequestView): Pairs {
  return cookiesOf(request).map(({ name, value }) => [fieldText(name), fieldText(value)]);
}

function nameIn(escaped: string): string {
  const text = spaced(fieldText(escaped));
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    // A name of no parameter.
    return text;
  }
}

function spaced(text: string): string {
  return text.replaceAll('+', '%20');
}
