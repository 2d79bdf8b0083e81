type Headers = Readonly<Record<string, string | undefined>>;

/** Whether pages of an origin may use the API. */
export function mayUse(origin: string, allowed: readonly string[]): boolean {
  return allowed.includes('*') || allowed.includes(origin);
}

/** What tells a browser that a page may read an answer; nothing unless that was configured. */
export function corsHeaders(request: Headers, allowed: readonly string[]): Record<string, string> {
  if (allowed.length === 0) return {};
  const { origin } = request;
  const names = allowed.includes('*') ? (origin ?? '*') : origin;
  if (names === undefined || !mayUse(names, allowed)) return { Vary: 'Origin' };
  return {
    'Access-Control-Allow-Origin': names,
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Expose-Headers':
      'ETag, X-Sluice-Revision, X-Sluice-Dry-Run, X-Sluice-Hint, X-Sluice-Warning',
    Vary: 'Origin',
  };
}

/**
 * Whether a browser asks on behalf of an allowed page what the page may send. It does so without the
 * token that the page has.
 */
export function isPreflight(request: Headers, allowed: readonly string[]): boolean {
  const { origin } = request;
  const isAsked = request['access-control-request-method'] !== undefined;
  return isAsked && origin !== undefined && mayUse(origin, allowed);
}

/** What OPTIONS answers: which methods there are, and which headers a page may send. */
export function optionsHeaders(request: Headers, methods: string): Record<string, string> {
  return {
    Allow: methods,
    'Access-Control-Allow-Methods': methods,
    'Access-Control-Allow-Headers': request['access-control-request-headers'] ?? 'Content-Type',
  };
}
