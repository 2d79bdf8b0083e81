import type { Refusal } from '../../plugin/authentication.ts';
import { removeCookies } from '../../plugin/cookies.ts';
import type { Exchange, PluginEnv, RequestView } from '../../plugin/plugin.ts';
import { Callback } from './callback.ts';
import type { Identification } from './identify.ts';
import { Login } from './login.ts';
import { Logout } from './logout.ts';
import { isNavigation } from './navigation.ts';
import { PendingLogins } from './pending-logins.ts';
import { unavailable, type Refusals } from './refusals.ts';
import { OVER, Renewals, type Renewed } from './renewal.ts';
import type { OpenidConfig } from './schema/schema.ts';
import { Sessions, type Current } from './sessions.ts';
import { TokenEndpoint } from './token-endpoint.ts';
import { UNKNOWN, type TokenVerifier } from './token-verifier.ts';

const CURRENT = Symbol('session of this request');

type Result = Refusal | null | Promise<Refusal | null>;

/** Logs users in by way of the provider, and keeps them logged in. */
export class BrowserLogin {
  readonly #refusals: Refusals;
  readonly #identification: Identification;
  readonly #endpoint: TokenEndpoint;
  readonly #sessions: Sessions;
  readonly #names: ReadonlySet<string>;
  readonly #renewals: Renewals;
  readonly #pending: PendingLogins;
  readonly #logout: Logout;
  /** Null where sessions are accepted, but begun elsewhere. */
  readonly #entrance: { readonly login: Login; readonly callback: Callback } | null;
  readonly #tokenField: { readonly name: string; readonly prefix: string } | null;

  constructor(
    config: OpenidConfig,
    env: PluginEnv,
    parts: {
      readonly verifier: TokenVerifier;
      readonly identification: Identification;
      readonly refusals: Refusals;
    },
  ) {
    const { verifier } = parts;
    const { provider } = verifier;
    const endpoint = new TokenEndpoint(config, env);
    const sessions = new Sessions(config, env);
    const pending = new PendingLogins(config, env);
    this.#refusals = parts.refusals;
    this.#identification = parts.identification;
    this.#endpoint = endpoint;
    this.#sessions = sessions;
    this.#names = new Set(sessions.names);
    this.#renewals = new Renewals(config, env, { verifier, endpoint });
    this.#pending = pending;
    this.#logout = new Logout(config, { provider, endpoint, sessions });
    this.#entrance = config.auth_methods.includes('authorization_code')
      ? {
          login: new Login(config, provider, pending),
          callback: new Callback(config, env, { ...parts, endpoint, pending, sessions }),
        }
      : null;
    const [name, bearer] = config.upstream_access_token_header?.split(':') ?? [];
    this.#tokenField =
      name === undefined ? null : { name, prefix: bearer === undefined ? '' : 'Bearer ' };
  }

  /** Takes requests that are part of logging in and out; null for all others. */
  takeOwn(ex: Exchange): Promise<void> | null {
    if (this.#logout.isFor(ex.request)) return this.#logout.take(ex);
    const callback = this.#entrance?.callback;
    return callback?.isFor(ex.request) === true ? callback.take(ex) : null;
  }

  /** Lets the owner of a session pass, and sends browsers without one to log in. */
  verify(ex: Exchange): Result {
    const current = this.#sessions.find(ex.request);
    if (current === null) return this.#unknown(ex);
    const renewed = this.#renewals.of(current, ex.clientIp);
    if (!(renewed instanceof Promise)) return this.#take(ex, renewed);
    return renewed.then((settled) => this.#take(ex, settled));
  }

  /** Keeps what is between browser and gateway from the service. */
  hide({ request }: { readonly request: RequestView }): void {
    if (request.header('cookie') === undefined) return;
    const pending = this.#pending.namesIn(request);
    const names = pending.length === 0 ? this.#names : new Set([...this.#names, ...pending]);
    removeCookies(request, names);
  }

  /** The `Set-Cookie` fields by which the client gets the session as it is now. */
  cookiesFor(ex: Exchange): readonly string[] {
    const current = ex.state(CURRENT) as Current | undefined;
    if (current === undefined) return NONE;
    const noted = this.#sessions.noted(current);
    // What took its place meanwhile must not be taken back.
    if (!noted.isNew || this.#renewals.isReplaced(noted)) return NONE;
    return this.#sessions.counts(noted.session) ? (this.#sessions.cookiesFor(noted) ?? NONE) : NONE;
  }

  close(): void {
    this.#endpoint.close();
  }

  #take(ex: Exchange, renewed: Renewed): Result {
    if (renewed === UNKNOWN) {
      unavailable(ex);
      return null;
    }
    if (renewed === OVER) return this.#unknown(ex);
    ex.setState(CURRENT, renewed);
    const { identity, access } = renewed.session;
    const refusal = this.#identification.identify(ex, identity);
    if (refusal === null && this.#tokenField !== null && access !== null) {
      ex.request.setHeader(this.#tokenField.name, this.#tokenField.prefix + access);
    }
    return refusal;
  }

  #unknown(ex: Exchange): Result {
    if (this.#entrance === null || !isNavigation(ex.request)) return this.#refusals.nothing;
    const sent = this.#entrance.login.begin(ex);
    return sent === undefined ? null : sent.then(() => null);
  }
}

const NONE: readonly string[] = [];
