import type { Identification } from './identify.ts';
import type { Refusals } from './refusals.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** What every way of proving who one is stands on, whether by a token or by logging in. */
export interface OpenidParts {
  readonly verifier: TokenVerifier;
  readonly identification: Identification;
  readonly refusals: Refusals;
}
