import type { PluginEnv, RequestView } from '../../plugin/plugin.ts';
import { SharedMarks } from '../../plugin/shared-marks.ts';
import { SessionCookie } from './cookies.ts';
import { dueOf, timeLeft, type TimeLeft, type Timeouts } from './lifetime.ts';
import type { SessionConfig } from './schema.ts';
import { renewedSession, reopenedSession, type Session } from './session.ts';

/** Sessions without an end are remembered as ended for so long, s. */
const TEN_YEARS = 315_360_000;

/** The sessions of one configuration: which of them count, and what their cookies are. */
export class Sessions {
  readonly #env: PluginEnv;
  readonly #cookie: SessionCookie;
  readonly #remember: SessionCookie | null;
  readonly #timeouts: Timeouts;
  readonly #rememberTimeouts: Timeouts;
  /** Those whose owner has logged out: their cookies may still be somewhere. */
  readonly #ended: SharedMarks;
  /** How long after a login its sessions may last, s. */
  readonly #span: number;

  constructor(config: SessionConfig, env: PluginEnv) {
    this.#env = env;
    this.#cookie = new SessionCookie(config.cookie_name ?? 'session', config);
    this.#remember =
      config.remember === true
        ? new SessionCookie(config.remember_cookie_name ?? 'remember', config)
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
    this.#ended = new SharedMarks(env.counters, 'session ended');
    this.#span = Math.max(
      spanOf(this.#timeouts),
      this.#remember === null ? 0 : spanOf(this.#rememberTimeouts),
    );
  }

  /** Names of its cookies. */
  get names(): ReadonlySet<string> {
    return new Set([this.#cookie, this.#remember].flatMap((it) => (it === null ? [] : [it.name])));
  }

  /** Seconds since the epoch. */
  get now(): number {
    return Math.floor(this.#env.now() / 1000);
  }

  /** The session that a request belongs to, and whether its cookie has to be replaced. */
  find(request: RequestView): { session: Session; isNew: boolean } | null {
    const { now } = this;
    for (const session of this.#cookie.sessionsIn(request)) {
      if (this.left(session).first <= 0 || this.#hasEnded(session)) continue;
      const due = dueOf(session, this.#timeouts, now);
      if (due === null) return { session, isNew: false };
      const next = due === 'note' ? { ...session, touched: now } : renewedSession(session, now);
      return { session: next, isNew: true };
    }
    for (const login of this.#remember?.sessionsIn(request) ?? []) {
      if (timeLeft(login, this.#rememberTimeouts, now).first <= 0 || this.#hasEnded(login))
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
    const cookie = this.#cookie.set(session, null);
    if (cookie === null) {
      const { consumer } = session;
      this.#env.log.error('a session is too long for a cookie, so there is none', {
        consumer,
        help: 'Have fewer groups come with the login.',
      });
      return [];
    }
    // Where only the use was noted there is nothing new to remember.
    if (this.#remember === null || session.renewed !== session.touched) return [cookie];
    const login = { ...session, created: session.login };
    const { first } = timeLeft(login, this.#rememberTimeouts, this.now);
    if (first <= 0) return [cookie];
    const remembered = this.#remember.set(login, first === Infinity ? TEN_YEARS : first);
    return remembered === null ? [cookie] : [cookie, remembered];
  }

  /** The `Set-Cookie` fields that have the client forget everything. */
  noCookies(): string[] {
    return [this.#cookie, this.#remember].flatMap((it) => (it === null ? [] : [it.unset()]));
  }

  /** Ends a session, with all that came and come from the same login, on this node. */
  end(session: Session): void {
    const isNoted = this.#ended.set(session.family, this.#untilOf(session), this.#env.now());
    if (isNoted !== null) return;
    this.#env.log.error('no room to note that a session has ended: its cookie still counts', {
      help: 'Give the node more counters: --counter-slots.',
    });
  }

  #hasEnded(session: Session): boolean {
    return this.#ended.has(session.family, this.#untilOf(session), this.#env.now());
  }

  #untilOf({ login }: Session): number {
    return (login + this.#span) * 1000;
  }
}

function spanOf({ absolute }: Timeouts): number {
  return absolute > 0 ? absolute : TEN_YEARS;
}
