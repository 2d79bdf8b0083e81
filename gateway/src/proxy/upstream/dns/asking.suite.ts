import type { Asking } from '../balancing/algorithm.ts';

/** Somebody who asks for a peer: a request without anything, but for `fields`. */
export function askingFor(fields: Partial<Asking> = {}): Asking {
  return {
    clientIp: '192.0.2.1',
    consumer: null,
    credential: null,
    request: { path: '/', headerValues: () => [], queryValues: () => [] },
    pathPattern: null,
    placement: null,
    ...fields,
  };
}
