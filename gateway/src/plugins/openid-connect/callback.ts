import type { Refusal } from '../../plugin/authentication.ts';
import type { Claims } from '../../plugin/jose/token.ts';
import { PeerFailure } from '../../plugin/peer/failure.ts';
import type { Exchange, PluginEnv, RequestView } from '../../plugin/plugin.ts';
import type { Grant } from './grant.ts';
import { readIdToken } from './id-token.ts';
import { identityOf } from './identity.ts';
import type { ProviderMetadata } from './metadata.ts';
import type { PendingLogin, PendingLogins } from './pending-logins.ts';
import type { OpenidParts } from './parts.ts';
import { unavailable } from './refusals.ts';
import { requirements, withScope } from './requirements.ts';
import type { OpenidConfig } from './schema/schema.ts';
import { newSession, type Tokens } from './session.ts';
import type { Sessions } from './sessions.ts';
import { sendTo, setCookies } from './set-cookies.ts';
import type { Denied, TokenEndpoint } from './token-endpoint.ts';
import { UNKNOWN } from './token-verifier.ts';

export interface CallbackParts extends OpenidParts {
  readonly endpoint: TokenEndpoint;
  readonly pending: PendingLogins;
  readonly sessions: Sessions;
}

/** What a provider says of a failed login, as far as it is one of the usual words. */
const ERROR_CODE = /^[a-z_]{1,40}$/;

/** Takes browsers in that come back from the provider. */
export class Callback {
  readonly #config: OpenidConfig;
  readonly #env: PluginEnv;
  readonly #parts: CallbackParts;
  readonly #address: URL;
  readonly #lacks: (claims: Claims) => string | null;

  constructor(config: OpenidConfig, env: PluginEnv, parts: CallbackParts) {
    this.#config = config;
    this.#env = env;
    this.#parts = parts;
    this.#address = new URL(config.redirect_uri?.[0] ?? '');
    this.#lacks = requirements(config);
  }

  isFor(request: RequestView): boolean {
    if (request.method !== 'GET' || request.path !== this.#address.pathname) return false;
    if (request.queryArgument('state') === undefined) return false;
    return request.queryArgument('code') !== undefined || failed(request);
  }

  /** Answers, whatever comes of it: a code is nothing for services. */
  async take(ex: Exchange): Promise<void> {
    const refusal = await this.#take(ex);
    if (refusal !== null) this.#parts.refusals.answer(ex, refusal);
  }

  async #take(ex: Exchange): Promise<Refusal | null> {
    const { pending, refusals, verifier } = this.#parts;
    const [state, code, issuer] = ['state', 'code', 'iss'].map((name) => single(ex.request, name));
    if (typeof state !== 'string') return refusals.ofLogin('the answer of the provider is broken');
    const login = pending.find(ex.request, state);
    // Begun by another browser, too long ago, or concluded already.
    if (login === null) return refusals.ofLogin('this browser has begun no such login');
    setCookies(ex, [pending.forget(login)]);
    if (!pending.use(login)) return refusals.ofLogin('this login is over');
    const metadata = await verifier.provider.metadata();
    if (metadata === null) return this.#unavailable(ex);
    // The answer of another provider must not be taken for one of this (RFC 9207).
    if (issuer !== metadata.issuer && (issuer !== undefined || metadata.namesItself)) {
      return refusals.ofLogin('the answer is of another provider');
    }
    if (failed(ex.request)) return refusals.ofLogin(reasonIn(ex.request));
    if (typeof code !== 'string') return refusals.ofLogin('the answer of the provider is broken');
    const grant = await this.#exchange(metadata, { code, verifier: login.verifier }, ex.clientIp);
    if (grant === null) return this.#unavailable(ex);
    if ('denied' in grant) return refusals.ofLogin('the provider does not know this code');
    return this.#conclude(ex, { grant, login, metadata });
  }

  async #exchange(
    metadata: ProviderMetadata,
    code: { readonly code: string; readonly verifier: string },
    owner: string,
  ): Promise<Grant | Denied | null> {
    try {
      return await this.#parts.endpoint.exchange(metadata, code, owner);
    } catch (error) {
      // It was counted and logged where it happened.
      if (error instanceof PeerFailure) return null;
      throw error;
    }
  }

  async #conclude(
    ex: Exchange,
    about: {
      readonly grant: Grant;
      readonly login: PendingLogin;
      readonly metadata: ProviderMetadata;
    },
  ): Promise<Refusal | null> {
    const { grant, login, metadata } = about;
    const { verifier, refusals, identification, sessions } = this.#parts;
    const claims =
      grant.id === null
        ? 'there is no id token'
        : await readIdToken(grant.id, verifier, {
            client: this.#config.client_id?.[0] ?? '',
            nonce: login.nonce,
            access: grant.access,
            now: this.#env.now(),
          });
    if (claims === UNKNOWN) return this.#unavailable(ex);
    if (typeof claims === 'string') return this.#notTrusted(claims);
    const scope = grant.scope ?? this.#config.scopes.join(' ');
    const whole = withScope(claims, scope, this.#config);
    const lacking = this.#lacks(whole);
    if (lacking !== null) return refusals.forbidden(lacking);
    const identity = identityOf(whole, this.#config);
    const refusal = identification.refusalFor(identity);
    if (refusal !== null) return refusal;
    const kept = this.#config.refresh_tokens ? grant : { ...grant, refresh: null };
    const session = newSession(identity, kept, sessions.now);
    const tokens = this.#tokensOf(kept, metadata, scope);
    const cookies = sessions.cookiesFor({ session, tokens: () => tokens });
    if (cookies === null) return refusals.forbidden('there is too much to keep of this user');
    setCookies(ex, cookies);
    sendTo(ex, this.#pageAfter(login));
    return null;
  }

  /** What of the tokens is needed later on. */
  #tokensOf(grant: Grant, metadata: ProviderMetadata, scope: string): Tokens {
    const { upstream_access_token_header: field, logout_revoke: revoke } = this.#config;
    return {
      access: field !== null || revoke ? grant.access : null,
      refresh: grant.refresh,
      id: metadata.endSession === null ? null : grant.id,
      scope,
    };
  }

  /** Always on the host that browsers come back to: a path cannot lead elsewhere. */
  #pageAfter({ page }: PendingLogin): string {
    const fixed = this.#config.login_redirect_uri?.[0];
    return fixed ?? this.#address.origin + page;
  }

  #notTrusted(reason: string): Refusal {
    this.#env.log.warn(`a login fails: ${reason}`, { issuer: this.#config.issuer });
    return this.#parts.refusals.ofLogin(reason);
  }

  #unavailable(ex: Exchange): null {
    unavailable(ex);
    return null;
  }
}

function failed(request: RequestView): boolean {
  return request.queryArgument('error') !== undefined;
}

/** A parameter that is there once; null where it is there more often, or without a value. */
function single(request: RequestView, name: string): string | null | undefined {
  const values = request.queryValues(name);
  if (values.length === 0) return undefined;
  const [value] = values;
  return values.length === 1 && typeof value === 'string' && value !== '' ? value : null;
}

function reasonIn(request: RequestView): string {
  const error = single(request, 'error');
  const isUsual = typeof error === 'string' && ERROR_CODE.test(error);
  return isUsual ? `the provider says ${error}` : 'the provider has refused the login';
}
