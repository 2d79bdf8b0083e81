import type { RequestView } from '../../plugin/plugin.ts';
import { cookiesOf } from '../../plugin/cookies.ts';
import { RecentMap } from '../../plugin/recent-map.ts';
import { Seal } from '../../plugin/sealed.ts';
import { secretDigest } from '../../plugin/secret-digest.ts';
import { setCookie, type CookieAttributes } from '../../plugin/set-cookie.ts';
import type { SessionConfig } from './schema.ts';
import { readSession, writeSession, type Session } from './session.ts';

/** Cookies that were opened, of all instances of this thread: they come with each request. */
const opened = new RecentMap<Session>(20_000);

/** Browsers keep no longer ones. */
const LONGEST = 4000;

/** One kind of cookie of a configuration. */
export class SessionCookie {
  readonly name: string;
  readonly #seal: Seal;
  readonly #scope: string;
  readonly #attributes: CookieAttributes;

  constructor(name: string, config: SessionConfig) {
    const { secret, audience, cookie_same_site: sameSite } = config;
    this.name = name;
    // The cookie that opens sessions is none of a session, and the other way round.
    const purpose = JSON.stringify(['session', name, audience]);
    this.#seal = new Seal(secret ?? '', purpose);
    this.#scope = secretDigest(`${purpose} ${secret ?? ''}`);
    this.#attributes = {
      path: config.cookie_path ?? '/',
      domain: config.cookie_domain,
      sameSite: sameSite === 'Default' ? null : sameSite,
      secure: config.cookie_secure ?? true,
      httpOnly: config.cookie_http_only ?? true,
    };
  }

  /** The sessions that a request brings along, for whatever time they are. */
  *sessionsIn(request: RequestView): Generator<Session> {
    for (const { name, value } of cookiesOf(request)) {
      const session = name === this.name ? this.#open(value) : null;
      if (session !== null) yield session;
    }
  }

  /**
   * The `Set-Cookie` for a session.
   *
   * @param maxAge see `setCookie`
   * @returns null where it would be too long for browsers
   */
  set(session: Session, maxAge: number | null): string | null {
    const sealed = this.#seal.seal(writeSession(session));
    return sealed.length > LONGEST ? null : setCookie(this.name, sealed, this.#attributes, maxAge);
  }

  /** The `Set-Cookie` that has browsers forget it. */
  unset(): string {
    return setCookie(this.name, '', this.#attributes, 0);
  }

  #open(value: string): Session | null {
    const digest = secretDigest(this.#scope + value);
    const known = opened.get(digest);
    if (known !== undefined) return known;
    const text = this.#seal.open(value);
    if (text === null) return null;
    const session = readSession(text);
    opened.set(digest, session);
    return session;
  }
}
