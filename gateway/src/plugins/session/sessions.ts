import type { PluginEnv, RequestView } from '../../plugin/plugin.ts';
import { EndedSessions, TEN_YEARS } from '../../plugin/session/ended-sessions.ts';
import { dueOf, timeLeft, type TimeLeft, type Timeouts } from '../../plugin/session/lifetime.ts';
import type { SealedCookie } from '../../plugin/session/sealed-cookie.ts';
import { sessionCookie } from './cookies.ts';
import type { SessionConfig } from './schema.ts';
import { renewedSession, reopenedSession, writeSession, type Session } from './session.ts';

/** The sessions of one configuration: which of them count, and what their cookies are. */
export class Sessions {
  readonly #env: PluginEnv;
  readonly #cookie: SealedCookie<Session>;
  readonly #remember: SealedCookie<Session> | null;
  readonly #timeouts: Timeouts;
  readonly #rememberTimeouts: Timeouts;
  readonly #ended: EndedSessions;

  constructor(config: SessionConfig, env: PluginEnv) {
    this.#env = env;
    this.#cookie = sessionCookie(config.cookie_name ?? 'session', config);
    this.#remember =
      config.remember === true
        ? sessionCookie(config.remember_cookie_name ?? 'remember', config)
        : null;
    this.#timeouts = {
      idling: config.idling_timeout ?? 900,
      rolling: config.rolling_timeout ?? 3600,
      absolute: config.absolute_timeout ?? 86_400,
    };
    this.#rememberTimeouts = {
      idling: 0,
      rolling: config.remember_rolling_timeout ?? 604_800,
      absolute: config.remember_absolute_timeout ?? 2_592_000,
    };
    this.#ended = new EndedSessions(
      env,
      Math.max(
        spanOf(this.#timeouts),
        this.#remember === null ? 0 : spanOf(this.#rememberTimeouts),
      ),
    );
  }

  /** Names of its cookies. */
  get names(): ReadonlySet<string> {
    return new Set([...this.#cookie.names, ...(this.#remember?.names ?? [])]);
  }

  /** Seconds since the epoch. */
  get now(): number {
    return Math.floor(this.#env.now() / 1000);
  }

  /** The session that a request belongs to, and whether its cookie has to be replaced. */
  find(request: RequestView): { session: Session; isNew: boolean } | null {
    const { now } = this;
    for (const session of this.#cookie.in(request)) {
      if (this.left(session).first <= 0 || this.#ended.has(session)) continue;
      const due = dueOf(session, this.#timeouts, now);
      if (due === null) return { session, isNew: false };
      const next = due === 'note' ? { ...session, touched: now } : renewedSession(session, now);
      return { session: next, isNew: true };
    }
    for (const login of this.#remember?.in(request) ?? []) {
      if (timeLeft(login, this.#rememberTimeouts, now).first <= 0 || this.#ended.has(login))
        continue;
      return { session: reopenedSession(login, now), isNew: true };
    }
    return null;
  }

  left(session: Session): TimeLeft {
    return timeLeft(session, this.#timeouts, this.now);
  }

  /** The `Set-Cookie` fields for a session that is new to the client. */
  cookiesFor(session: Session): string[] {
    const cookies = this.#cookie.set(writeSession(session), null);
    if (cookies === null) {
      const { consumer } = session;
      this.#env.log.error('a session is too long for a cookie, so there is none', {
        consumer,
        help: 'Have fewer groups come with the login.',
      });
      return [];
    }
    // Where only the use was noted there is nothing new to remember.
    if (this.#remember === null || session.renewed !== session.touched) return cookies;
    const login = { ...session, created: session.login };
    const { first } = timeLeft(login, this.#rememberTimeouts, this.now);
    if (first <= 0) return cookies;
    const most = first === Infinity ? TEN_YEARS : first;
    return [...cookies, ...(this.#remember.set(writeSession(login), most) ?? [])];
  }

  /** The `Set-Cookie` fields that have the client forget everything. */
  noCookies(): string[] {
    return [...this.#cookie.unset(), ...(this.#remember?.unset() ?? [])];
  }

  /** Ends a session, with all that came and come from the same login, on this node. */
  end(session: Session): void {
    this.#ended.end(session);
  }
}

function spanOf({ absolute }: Timeouts): number {
  return absolute > 0 ? absolute : TEN_YEARS;
}
