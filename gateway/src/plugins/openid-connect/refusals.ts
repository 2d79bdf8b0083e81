import { challenge, type Refusal } from '../../plugin/authentication.ts';
import type { Exchange } from '../../plugin/plugin.ts';
import type { OpenidConfig } from './schema/schema.ts';

/** What those are told who do not pass. The reason is for programs, in `WWW-Authenticate` (RFC 6750). */
export class Refusals {
  /** There is neither a token nor a session. */
  readonly nothing: Refusal;
  readonly #scheme: string;
  readonly #unauthorized: string;
  readonly #forbidden: string;

  constructor(config: OpenidConfig) {
    this.#scheme = challenge('Bearer', new URL(config.issuer).hostname);
    this.#unauthorized = config.unauthorized_error_message;
    this.#forbidden = config.forbidden_error_message;
    this.nothing = this.#refusal(401, this.#unauthorized, this.#scheme);
  }

  /** @param reason in ASCII, without quotes */
  invalid(reason: string): Refusal {
    return this.#refusal(401, this.#unauthorized, this.#described('invalid_token', reason));
  }

  /** Somebody is known, and may not do this. */
  forbidden(reason: string): Refusal {
    return this.#refusal(403, this.#forbidden, this.#described('insufficient_scope', reason));
  }

  #described(error: string, reason: string): string {
    return `${this.#scheme}, error="${error}", error_description="${reason}"`;
  }

  #refusal(status: number, message: string, scheme: string): Refusal {
    return { status, message, headers: { 'WWW-Authenticate': scheme }, body: 'negotiated' };
  }
}

/** The provider cannot be asked. Also where there is an anonymous consumer: the proof may be right. */
export function unavailable(ex: Exchange): void {
  ex.error(503, 'The login provider cannot be asked', { 'Retry-After': '5' });
}
