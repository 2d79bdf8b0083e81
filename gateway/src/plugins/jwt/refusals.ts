import { challenge, type Refusal } from '../../plugin/authentication.ts';
import type { NoToken } from './token-search.ts';

/** What those are told who have no valid token. */
export class Refusals {
  readonly #invalid: Readonly<Record<string, string>>;
  readonly #withoutToken: Readonly<Record<NoToken, Refusal>>;

  constructor(realm: string | null) {
    const scheme = challenge('Bearer', realm);
    // Kong has a space in front of it, whatever comes before.
    this.#invalid = { 'WWW-Authenticate': `${scheme} error="invalid_token"` };
    this.#withoutToken = {
      missing: { ...this.because('Unauthorized'), headers: { 'WWW-Authenticate': scheme } },
      several: this.because('Multiple tokens provided'),
      unrecognizable: this.because('Unrecognizable token'),
    };
  }

  without(reason: NoToken): Refusal {
    return this.#withoutToken[reason];
  }

  because(message: string): Refusal {
    return { status: 401, message, headers: this.#invalid, body: 'plain' };
  }

  /** @param details what is wrong, by claim */
  forClaims(details: Readonly<Record<string, string>>): Refusal {
    return { ...this.because('Unauthorized'), details };
  }
}
