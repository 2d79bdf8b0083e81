import type { Refusal } from '../../plugin/authentication.ts';
import { leaveCookies } from '../../plugin/cookies.ts';
import type { Exchange, PluginEnv } from '../../plugin/plugin.ts';
import { BroughtCookies, type Brought } from './brought-cookies.ts';
import { Callback } from './callback.ts';
import type { Identification } from './identify.ts';
import { Login } from './login.ts';
import { Logout } from './logout.ts';
import { isNavigation } from './navigation.ts';
import { PendingLogins } from './pending-logins.ts';
import type { OpenidParts } from './parts.ts';
import { unavailable, type Refusals } from './refusals.ts';
import { OVER, Renewals, type Renewed } from './renewal.ts';
import type { OpenidConfig } from './schema/schema.ts';
import { Sessions, type Current } from './sessions.ts';
import { TokenEndpoint } from './token-endpoint.ts';
import { UNKNOWN } from './token-verifier.ts';

const VISIT = Symbol('session of this request');

interface Visit {
  readonly current: Current;
  readonly brought: Brought;
}

type Result = Refusal | null | Promise<Refusal | null>;

/** Logs users in by way of the provider, and keeps them logged in. */
export class BrowserLogin {
  readonly #refusals: Refusals;
  readonly #identification: Identification;
  readonly #endpoint: TokenEndpoint;
  readonly #sessions: Sessions;
  readonly #cookies: BroughtCookies;
  readonly #renewals: Renewals;
  readonly #logout: Logout;
  /** Null where sessions are accepted, but begun elsewhere. */
  readonly #entrance: { readonly login: Login; readonly callback: Callback } | null;
  readonly #tokenField: { readonly name: string; readonly prefix: string } | null;

  constructor(config: OpenidConfig, env: PluginEnv, parts: OpenidParts) {
    const { verifier } = parts;
    const { provider } = verifier;
    const endpoint = new TokenEndpoint(config, env);
    const sessions = new Sessions(config, env);
    const pending = new PendingLogins(config, env);
    this.#refusals = parts.refusals;
    this.#identification = parts.identification;
    this.#endpoint = endpoint;
    this.#sessions = sessions;
    this.#cookies = new BroughtCookies(sessions, pending);
    this.#renewals = new Renewals(config, env, { verifier, endpoint });
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
    const brought = this.#cookies.in(ex.request);
    const current = this.#sessions.firstThatCounts(brought.sessions);
    if (current === null) return this.#unknown(ex);
    const renewed = this.#renewals.of(current, ex.clientIp);
    if (!(renewed instanceof Promise)) return this.#take(ex, renewed, brought);
    return renewed.then((settled) => this.#take(ex, settled, brought));
  }

  /** Keeps what is between browser and gateway from the service. */
  hide(ex: Exchange): void {
    const { request } = ex;
    if (!request.hasHeader('cookie')) return;
    const visit = ex.state(VISIT) as Visit | undefined;
    const { left } = visit === undefined ? this.#cookies.in(request) : visit.brought;
    leaveCookies(request, left);
  }

  /** The `Set-Cookie` fields by which the client gets the session as it is now. */
  cookiesFor(ex: Exchange): readonly string[] {
    const visit = ex.state(VISIT) as Visit | undefined;
    if (visit === undefined) return NONE;
    const noted = this.#sessions.noted(visit.current);
    // What took its place meanwhile must not be taken back.
    if (!noted.isNew || this.#renewals.isReplaced(noted)) return NONE;
    return this.#sessions.counts(noted.session) ? (this.#sessions.cookiesFor(noted) ?? NONE) : NONE;
  }

  close(): void {
    this.#endpoint.close();
  }

  #take(ex: Exchange, renewed: Renewed, brought: Brought): Result {
    if (renewed === UNKNOWN) {
      unavailable(ex);
      return null;
    }
    if (renewed === OVER) return this.#unknown(ex);
    ex.setState(VISIT, { current: renewed, brought } satisfies Visit);
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
