import { challenge, type Refusal } from '../../plugin/authentication.ts';
import type { Exchange } from '../../plugin/plugin.ts';
import { isNavigation } from './navigation.ts';
import type { OpenidConfig } from './schema/schema.ts';
import { sendTo } from './set-cookies.ts';

/** What those are told who do not pass. The reason is for programs, in `WWW-Authenticate` (RFC 6750). */
export class Refusals {
  /** There is neither a token nor a session. */
  readonly nothing: Refusal;
  readonly #scheme: string;
  readonly #unauthorized: string;
  readonly #forbidden: string;
  readonly #forbiddenPage: string | null;

  constructor(config: OpenidConfig) {
    this.#scheme = challenge('Bearer', new URL(config.issuer).hostname);
    this.#unauthorized = config.unauthorized_error_message;
    this.#forbidden = config.forbidden_error_message;
    this.#forbiddenPage = config.forbidden_redirect_uri?.[0] ?? null;
    this.nothing = this.#refusal(401, this.#unauthorized, this.#scheme);
  }

  /** @param reason in ASCII, without quotes */
  invalid(reason: string): Refusal {
    return this.#refusal(401, this.#unauthorized, this.#described('invalid_token', reason));
  }

  /** A login that came to nothing; whoever reads it looks at a browser. */
  ofLogin(reason: string): Refusal {
    const message = `Nobody is logged in: ${reason}. Open the page again to try once more`;
    return this.#refusal(401, message, this.#described('invalid_token', reason));
  }

  /** Somebody is known, and may not do this. */
  forbidden(reason: string): Refusal {
    return this.#refusal(403, this.#forbidden, this.#described('insufficient_scope', reason));
  }

  /** Tells a client why it does not pass; browsers may be sent to a page that says so. */
  answer(ex: Exchange, { status, message, headers }: Refusal): void {
    const elsewhere = status === 403 ? this.#forbiddenPage : null;
    if (elsewhere !== null && isNavigation(ex.request)) sendTo(ex, elsewhere);
    else ex.error(status, message, headers);
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
