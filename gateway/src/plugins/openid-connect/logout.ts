import { PeerFailure } from '../../plugin/peer/failure.ts';
import type { Exchange, RequestView } from '../../plugin/plugin.ts';
import type { ProviderMetadata } from './metadata.ts';
import type { Provider } from './provider.ts';
import type { OpenidConfig } from './schema/schema.ts';
import type { Tokens } from './session.ts';
import type { Current, Sessions } from './sessions.ts';
import { sendTo, setCookies } from './set-cookies.ts';
import type { TokenEndpoint } from './token-endpoint.ts';

/** Ends sessions of those who ask for it. */
export class Logout {
  readonly #config: OpenidConfig;
  readonly #provider: Provider;
  readonly #endpoint: TokenEndpoint;
  readonly #sessions: Sessions;
  readonly #methods: ReadonlySet<string>;

  constructor(
    config: OpenidConfig,
    parts: {
      readonly provider: Provider;
      readonly endpoint: TokenEndpoint;
      readonly sessions: Sessions;
    },
  ) {
    this.#config = config;
    this.#provider = parts.provider;
    this.#endpoint = parts.endpoint;
    this.#sessions = parts.sessions;
    this.#methods = new Set(config.logout_methods);
  }

  isFor(request: RequestView): boolean {
    const { logout_uri_suffix: suffix, logout_query_arg: argument } = this.#config;
    if (suffix === null && argument === null) return false;
    if (!this.#methods.has(request.method)) return false;
    if (suffix !== null && request.path.endsWith(suffix)) return true;
    return argument !== null && request.queryArgument(argument) !== undefined;
  }

  async take(ex: Exchange): Promise<void> {
    const current = this.#sessions.find(ex.request);
    // Who has no session here may be on a page of somebody else, who must not end it.
    if (current !== null) {
      setCookies(ex, this.#sessions.noCookies());
      this.#sessions.end(current.session);
    }
    const tokens = current?.tokens() ?? null;
    const metadata = await this.#provider.metadata();
    if (tokens !== null && metadata !== null) await this.#revoke(metadata, tokens, ex.clientIp);
    const address = this.#addressAfter(metadata, current, tokens);
    if (address === null) ex.respond(200);
    else sendTo(ex, address);
  }

  async #revoke(metadata: ProviderMetadata, tokens: Tokens, owner: string): Promise<void> {
    if (!this.#config.logout_revoke || metadata.revocation === null) return;
    // With a refresh token, what was given for it goes as well (RFC 7009, section 2.1).
    const token = tokens.refresh ?? tokens.access;
    if (token === null) return;
    try {
      await this.#endpoint.revoke(metadata, token, owner);
    } catch (error) {
      // It was counted and logged where it happened; here the session has ended all the same.
      if (!(error instanceof PeerFailure)) throw error;
    }
  }

  #addressAfter(
    metadata: ProviderMetadata | null,
    current: Current | null,
    tokens: Tokens | null,
  ): string | null {
    const after = this.#config.logout_redirect_uri?.[0] ?? null;
    if (current === null || metadata?.endSession == null) return after;
    const address = new URL(metadata.endSession);
    const { searchParams: query } = address;
    query.set('client_id', this.#config.client_id?.[0] ?? '');
    if (tokens !== null && tokens.id !== null) query.set('id_token_hint', tokens.id);
    if (after !== null) query.set('post_logout_redirect_uri', after);
    return address.href;
  }
}
