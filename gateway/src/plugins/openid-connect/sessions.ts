import type { RequestView } from '../../plugin/plugin.ts';
import { RecentMap } from '../../plugin/recent-map.ts';
import { EndedSessions, TEN_YEARS, type SessionEnv } from '../../plugin/session/ended-sessions.ts';
import { dueOf, timeLeft, type Timeouts } from '../../plugin/session/lifetime.ts';
import { SealedCookie } from '../../plugin/session/sealed-cookie.ts';
import { sessionCookieScope } from './cookie-scope.ts';
import type { OpenidConfig } from './schema/schema.ts';
import { readSession, readTokens, writeSession, type Tokens, type UserSession } from './session.ts';

/** The session of a request. */
export interface Current {
  readonly session: UserSession;
  readonly tokens: () => Tokens;
  /** The client has an older one. */
  readonly isNew: boolean;
}

/** Cookies that were opened, of all instances of this thread: they come with each request. */
const opened = new RecentMap<UserSession>(20_000);

/** Of one session; together they leave room in the head of a request. */
const MOST_COOKIES = 4;

/** The sessions of one configuration: which of them count, and what their cookies are. */
export class Sessions {
  readonly #env: SessionEnv;
  readonly #cookie: SealedCookie<UserSession>;
  readonly #timeouts: Timeouts;
  /** Those whose owner has logged out: their cookies may still be somewhere. */
  readonly #ended: EndedSessions;

  constructor(config: OpenidConfig, env: SessionEnv) {
    const scope = sessionCookieScope(config);
    const withAccess = config.upstream_access_token_header !== null;
    this.#env = env;
    this.#cookie = new SealedCookie({
      ...scope,
      secret: config.session_secret,
      purpose: purposeOf(config, scope.name),
      most: MOST_COOKIES,
      read: (text) => readSession(text, withAccess),
      opened,
    });
    this.#timeouts = {
      idling: config.session_idling_timeout,
      rolling: config.session_rolling_timeout,
      absolute: config.session_absolute_timeout,
    };
    this.#ended = new EndedSessions(env, this.#timeouts.absolute || TEN_YEARS);
  }

  /** Names of its cookies. */
  get names(): readonly string[] {
    return this.#cookie.names;
  }

  /** Seconds since the epoch. */
  get now(): number {
    return Math.floor(this.#env.now() / 1000);
  }

  /** The sessions that cookies of a request bring along, some of which may have ended. */
  in(request: Pick<RequestView, 'headerValues'>): Current[] {
    const sessions: Current[] = [];
    for (const sealed of this.#cookie.sealedIn(request)) {
      const session = this.#cookie.open(sealed);
      if (session === null) continue;
      sessions.push({ session, tokens: () => this.#tokensIn(sealed), isNew: false });
    }
    return sessions;
  }

  /** The session that a request belongs to. Its access token may have expired. */
  find(request: RequestView): Current | null {
    return this.firstThatCounts(this.in(request));
  }

  /** The first of these that has not ended. */
  firstThatCounts(sessions: readonly Current[]): Current | null {
    for (const current of sessions) if (this.counts(current.session)) return current;
    return null;
  }

  /** Whether a session has not ended. */
  counts(session: UserSession): boolean {
    const { first } = timeLeft(session, this.#timeouts, this.now);
    return first > 0 && !this.#ended.has(session);
  }

  /** The session as the client is to have it from now on; the same where it has it already. */
  noted(current: Current): Current {
    const { session, tokens, isNew } = current;
    const { now } = this;
    const due = dueOf(session, this.#timeouts, now);
    if (due === null || isNew) return current;
    const renewed = due === 'renewal' ? now : session.renewed;
    return { session: { ...session, renewed, touched: now }, tokens, isNew: true };
  }

  /** The `Set-Cookie` fields for a session; null where it is too long for browsers. */
  cookiesFor({ session, tokens }: Pick<Current, 'session' | 'tokens'>): string[] | null {
    const all = tokens();
    const cookies =
      this.#cookie.set(writeSession(session, all), null) ??
      // It only spares a question when logging out.
      this.#cookie.set(writeSession(session, { ...all, id: null }), null);
    if (cookies !== null) return cookies;
    this.#env.log.error('a session is too long for cookies', {
      subject: session.identity.subject,
      help: 'Have fewer claims and groups kept with the login, or the provider give shorter tokens.',
    });
    return null;
  }

  /** The `Set-Cookie` fields that have the client forget its session. */
  noCookies(): string[] {
    return this.#cookie.unset();
  }

  /** Ends a session, with all that came and come from the same login, on this node. */
  end(session: UserSession): void {
    this.#ended.end(session);
  }

  #tokensIn(sealed: string): Tokens {
    const text = this.#cookie.textOf(sealed);
    if (text === null) throw new Error('a session that was open does not open');
    return readTokens(text);
  }
}

/** What a session says depends on these: under others it counts no more. */
function purposeOf(config: OpenidConfig, name: string): string {
  const { issuer, client_id: client, session_audience: audience } = config;
  const claims = [
    ...[config.consumer_claim, config.credential_claim, config.authenticated_groups_claim],
    ...[config.upstream_headers_claims, config.upstream_access_token_header !== null],
    ...[config.scopes_claim, config.scopes_required, config.groups_claim, config.groups_required],
    ...[config.roles_claim, config.roles_required],
  ];
  // What notes that a session has ended lasts as long as the session could.
  const span = config.session_absolute_timeout;
  const about = [name, audience, issuer, client, span];
  return JSON.stringify(['openid-connect session', ...about, claims]);
}
