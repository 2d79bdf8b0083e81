import { randomBytes } from 'node:crypto';
import { cookiesOf } from '../../plugin/cookies.ts';
import type { PluginEnv, RequestView } from '../../plugin/plugin.ts';
import { Seal } from '../../plugin/sealed.ts';
import { setCookie } from '../../plugin/set-cookie.ts';
import { SharedMarks } from '../../plugin/shared-marks.ts';
import { loginCookieScope, type CookieScope } from './cookie-scope.ts';
import type { OpenidConfig } from './schema/schema.ts';

/** A login that a browser was sent to, and has not come back from yet. */
export interface PendingLogin {
  /** Comes back with the browser; known to nobody else. */
  readonly state: string;
  /** Comes back in the id token. */
  readonly nonce: string;
  /** Proves that who brings the code is who has asked for it (RFC 7636). */
  readonly verifier: string;
  /** What the browser wanted to see: path and query, in visible ASCII. */
  readonly page: string;
  /** Seconds since the epoch. */
  readonly begun: number;
}

/** Logins of one browser at the same time; of more the oldest are given up. */
const MOST = 5;
/** Characters of the state that the name of its cookie ends with. */
const ID_LENGTH = 12;
const ID = /^[\w-]{12}$/;

/** Logins under way: one cookie each, so that several tabs do not get in each other's way. */
export class PendingLogins {
  readonly #env: PluginEnv;
  readonly #scope: CookieScope;
  readonly #seal: Seal;
  readonly #timeout: number;
  readonly #used: SharedMarks;

  constructor(config: OpenidConfig, env: PluginEnv) {
    const { issuer, client_id: client, redirect_uri: uri, session_audience: audience } = config;
    this.#env = env;
    this.#scope = loginCookieScope(config);
    const purpose = ['openid-connect login', this.#scope.name, audience, issuer, client, uri];
    this.#seal = new Seal(config.session_secret, JSON.stringify(purpose));
    this.#timeout = config.authorization_rolling_timeout;
    this.#used = new SharedMarks(env.counters, 'openid login used');
  }

  /** Begins a login, with the `Set-Cookie` fields that go with it. */
  begin(request: RequestView, page: string): { login: PendingLogin; cookies: string[] } {
    const [state, nonce, verifier] = [randomText(), randomText(), randomText()];
    const login = { state, nonce, verifier, page, begun: this.#now() };
    const sealed = this.#seal.seal(JSON.stringify([state, nonce, verifier, page, login.begun]));
    const cookie = this.#cookie(this.#nameFor(state), sealed, this.#timeout);
    return { login, cookies: [...this.#giveUpOldest(request), cookie] };
  }

  /** The login that a browser comes back from; null where this browser has not begun it. */
  find(request: RequestView, state: string): PendingLogin | null {
    const expected = this.#nameFor(state);
    for (const { name, value } of cookiesOf(request)) {
      if (name !== expected) continue;
      const login = this.#open(value);
      if (login?.state === state) return login;
    }
    return null;
  }

  /** Notes that a login was concluded. @returns false where it was before, on this node */
  use({ state, begun }: PendingLogin): boolean {
    const isFirst = this.#used.set(state, (begun + this.#timeout) * 1000, this.#env.now());
    if (isFirst === null) {
      // The provider takes a code once, too.
      this.#env.log.error('no room to note that a login was concluded', {
        help: 'Give the node more counters: --counter-slots.',
      });
    }
    return isFirst ?? true;
  }

  /** The `Set-Cookie` that has the browser forget a login. */
  forget({ state }: PendingLogin): string {
    return this.#cookie(this.#nameFor(state), '', 0);
  }

  /** Names of all such cookies that a request has. */
  namesIn(request: Pick<RequestView, 'headerValues'>): string[] {
    const { name: prefix } = this.#scope;
    if (!request.headerValues('cookie').some((line) => line.includes(prefix))) return [];
    return cookiesOf(request).flatMap(({ name }) => (name.startsWith(prefix) ? [name] : []));
  }

  #giveUpOldest(request: RequestView): string[] {
    const { name: prefix } = this.#scope;
    const sent = cookiesOf(request)
      .filter(({ name }) => name.startsWith(prefix) && ID.test(name.slice(prefix.length)))
      .map(({ name, value }) => ({ name, begun: this.#open(value)?.begun ?? 0 }))
      .toSorted((a, b) => b.begun - a.begun);
    return sent.slice(MOST - 1).map(({ name }) => this.#cookie(name, '', 0));
  }

  #open(sealed: string): PendingLogin | null {
    const text = this.#seal.open(sealed);
    if (text === null) return null;
    type Parts = [state: string, nonce: string, verifier: string, page: string, begun: number];
    const [state, nonce, verifier, page, begun] = JSON.parse(text) as Parts;
    if (this.#now() >= begun + this.#timeout) return null;
    return { state, nonce, verifier, page, begun };
  }

  #nameFor(state: string): string {
    return this.#scope.name + state.slice(0, ID_LENGTH);
  }

  #cookie(name: string, value: string, maxAge: number): string {
    return setCookie(name, value, this.#scope.attributes, maxAge);
  }

  #now(): number {
    return Math.floor(this.#env.now() / 1000);
  }
}

function randomText(): string {
  return randomBytes(32).toString('base64url');
}
