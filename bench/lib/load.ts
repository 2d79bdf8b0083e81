/** What clients send, again and again, each on a connection of its own. */
export interface Load {
  /** `{n}` in it stands for a random number below `paths`. */
  readonly path: string;
  readonly paths: number;
  /** An API key to send; `{n}` in it stands for a random number below `keys`. */
  readonly key?: string;
  readonly keys?: number;
  /** Credentials of clients: each request has one of these values, at random, in this field. */
  readonly credentials?: { readonly field: string; readonly values: readonly string[] };
  /** Further fields of each request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Length of the body of each request; 0 for a GET without one. */
  readonly bodyBytes: number;
  /** Concurrent connections. */
  readonly connections: number;
}

/** The field that carries the API key. */
export const KEY_FIELD = 'apikey';

/** Puts a number into a pattern such as `/service-{n}`. */
export function fill(pattern: string, n: number): string {
  return pattern.replace('{n}', String(n));
}

export function methodOf(load: Load): 'GET' | 'POST' {
  return load.bodyBytes > 0 ? 'POST' : 'GET';
}

/** The fields of the first of all the requests that a load may send. */
export function firstHeaders(load: Load): Record<string, string> {
  const { credentials } = load;
  return {
    ...load.headers,
    ...(load.key === undefined ? {} : { [KEY_FIELD]: fill(load.key, 0) }),
    ...(credentials === undefined ? {} : { [credentials.field]: credentials.values[0] ?? '' }),
  };
}
