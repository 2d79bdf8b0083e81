/** An absolute URL of a server that speaks HTTP; null for anything else. */
export function webAddress(text: unknown): URL | null {
  if (typeof text !== 'string') return null;
  let parsed: URL;
  try {
    parsed = new URL(text);
  } catch {
    return null;
  }
  const { protocol, username, password, hash } = parsed;
  if (protocol !== 'https:' && protocol !== 'http:') return null;
  return username === '' && password === '' && hash === '' ? parsed : null;
}

/** The check of a setting. */
export function isWebAddress(value: string): string | undefined {
  if (webAddress(value) !== null) return undefined;
  return 'must be a URL with http or https, without user and without fragment';
}
