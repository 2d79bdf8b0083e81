import { hash } from 'node:crypto';
import type { Exchange, RequestView } from '../../plugin/plugin.ts';
import type { ProviderMetadata } from './metadata.ts';
import type { PendingLogins } from './pending-logins.ts';
import type { Provider } from './provider.ts';
import { unavailable } from './refusals.ts';
import type { OpenidConfig } from './schema/schema.ts';
import { sendTo, setCookies } from './set-cookies.ts';

/** Longer addresses of pages would make cookies that browsers do not keep. */
const LONGEST_PAGE = 1500;

/** Sends browsers to the provider to log in. */
export class Login {
  readonly #config: OpenidConfig;
  readonly #provider: Provider;
  readonly #pending: PendingLogins;
  readonly #fixed: readonly (readonly [name: string, value: string])[];

  constructor(config: OpenidConfig, provider: Provider, pending: PendingLogins) {
    this.#config = config;
    this.#provider = provider;
    this.#pending = pending;
    const values = config.authorization_query_args_values ?? [];
    this.#fixed = [
      ...(config.authorization_query_args_names ?? []).map(
        (name, i) => [name, values[i] ?? ''] as const,
      ),
      ['response_type', 'code'],
      ['client_id', config.client_id?.[0] ?? ''],
      ['redirect_uri', config.redirect_uri?.[0] ?? ''],
      ['scope', config.scopes.join(' ')],
    ];
  }

  /** Answers with a redirect to the provider. */
  begin(ex: Exchange): void | Promise<void> {
    const metadata = this.#provider.metadata();
    if (!(metadata instanceof Promise)) return this.#send(ex, metadata);
    return metadata.then((known) => this.#send(ex, known));
  }

  #send(ex: Exchange, metadata: ProviderMetadata | null): void {
    if (metadata?.authorization == null) {
      unavailable(ex);
      return;
    }
    const { login, cookies } = this.#pending.begin(ex.request, this.#pageOf(ex.request));
    const address = new URL(metadata.authorization);
    const { searchParams: query } = address;
    for (const [name, value] of this.#fixed) query.set(name, value);
    query.set('state', login.state);
    query.set('nonce', login.nonce);
    query.set('code_challenge', hash('sha256', login.verifier, 'base64url'));
    query.set('code_challenge_method', 'S256');
    setCookies(ex, cookies);
    sendTo(ex, address.href);
  }

  /** Where the browser is to come back to, as a path. */
  #pageOf({ target, path }: RequestView): string {
    const { login_redirect_uri: fixed } = this.#config;
    if ((fixed?.length ?? 0) > 0) return '';
    const pages = [target, path].map(asciiOf);
    return pages.find((one) => one.startsWith('/') && one.length <= LONGEST_PAGE) ?? '/';
  }
}

/** Bytes beyond ASCII and blanks escaped, for a field. */
function asciiOf(page: string): string {
  return page.replace(
    /[^\x21-\x7e]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
