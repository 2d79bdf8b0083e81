import type { AllSecureContexts } from '../certificates.ts';

/** For plans with which nobody shakes hands. */
export const noContexts: AllSecureContexts = {
  of: () => null,
  asking: () => noContexts,
  get fallback(): never {
    throw new Error('there is no TLS here');
  },
};
