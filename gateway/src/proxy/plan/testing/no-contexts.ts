import type { SecureContexts } from '../certificates.ts';

/** For plans with which nobody shakes hands. */
export const noContexts: SecureContexts = {
  of: () => null,
  get fallback(): never {
    throw new Error('there is no TLS here');
  },
};
