import { hash } from 'node:crypto';
import type { Claims } from '../../plugin/jose/token.ts';
import { PeerFailure } from '../../plugin/peer/failure.ts';
import type { PluginEnv } from '../../plugin/plugin.ts';
import { RecentMap } from '../../plugin/recent-map.ts';
import { SharedMarks } from '../../plugin/shared-marks.ts';
import { readIdToken } from './id-token.ts';
import { identityOf } from './identity.ts';
import type { Grant } from './grant.ts';
import { requirements, withScope } from './requirements.ts';
import type { OpenidConfig } from './schema/schema.ts';
import { refreshedSession, type Tokens } from './session.ts';
import type { Current } from './sessions.ts';
import type { TokenEndpoint } from './token-endpoint.ts';
import { UNKNOWN, type TokenVerifier } from './token-verifier.ts';

/** The session is over: its tokens have expired, and there are no others. */
export const OVER = Symbol('over');

export type Renewed = Current | typeof OVER | typeof UNKNOWN;

/** After a failure the provider is asked again no sooner, ms. */
const PAUSE = 10_000;
/** Requests with the cookie of before may still be under way for so long, s. */
const GRACE = 60;

/**
 * Has sessions outlive their access token, by a refresh token. That may be good for a single use, so
 * one request of all on this node asks; the others go on meanwhile, and get what it got.
 */
export class Renewals {
  readonly #config: OpenidConfig;
  readonly #env: PluginEnv;
  readonly #verifier: TokenVerifier;
  readonly #endpoint: TokenEndpoint;
  readonly #lacks: (claims: Claims) => string | null;
  /** False where sessions are accepted only, by a configuration that cannot prove who it is. */
  readonly #canAsk: boolean;
  /** Those that came of refresh tokens lately. */
  readonly #recent = new RecentMap<Current>(1000);
  readonly #running = new Map<string, Promise<Renewed>>();
  readonly #done: SharedMarks;
  readonly #tries: SharedMarks;

  constructor(
    config: OpenidConfig,
    env: PluginEnv,
    parts: { readonly verifier: TokenVerifier; readonly endpoint: TokenEndpoint },
  ) {
    this.#config = config;
    this.#env = env;
    this.#verifier = parts.verifier;
    this.#endpoint = parts.endpoint;
    this.#lacks = requirements(config);
    const { client_secret: secret, client_auth: way } = config;
    this.#canAsk = (secret?.length ?? 0) > 0 || way?.[0] === 'none';
    this.#done = new SharedMarks(env.counters, 'openid refreshed');
    this.#tries = new SharedMarks(env.counters, 'openid refreshing');
  }

  /**
   * A session whose tokens still count, for one that may need new ones.
   *
   * @param owner the address of the client
   */
  of(current: Current, owner: string): Renewed | Promise<Renewed> {
    const { expires, refreshAt } = current.session;
    const now = this.#now();
    if (expires === null) return current;
    if (refreshAt === null || !this.#canAsk) return now < expires ? current : OVER;
    return now < refreshAt ? current : this.#renew(current, expires, owner);
  }

  /** Whether a newer session has taken the place of one, so that its cookie is not to come back. */
  isReplaced({ session, tokens }: Current): boolean {
    const { expires, refreshAt } = session;
    if (expires === null || refreshAt === null || this.#now() < refreshAt) return false;
    const { refresh } = tokens();
    return refresh !== null && this.#isDone(keyOf(refresh, expires), expires);
  }

  #renew(current: Current, expires: number, owner: string): Renewed | Promise<Renewed> {
    const tokens = current.tokens();
    if (tokens.refresh === null) return OVER;
    const now = this.#now();
    const key = keyOf(tokens.refresh, expires);
    const recent = this.#recent.get(key);
    if (recent !== undefined && now < (recent.session.expires ?? Infinity)) return recent;
    const running = this.#running.get(key);
    if (running !== undefined) return now < expires ? current : running;
    if (this.#isDone(key, expires)) return now < expires + GRACE ? current : OVER;
    if (!this.#mayTry(key)) return now < expires + PAUSE / 1000 ? current : UNKNOWN;
    const renewed = this.#ask(current, tokens, owner).finally(() => this.#running.delete(key));
    this.#running.set(key, renewed);
    return renewed;
  }

  async #ask(current: Current, tokens: Tokens, owner: string): Promise<Renewed> {
    const { session } = current;
    const refresh = tokens.refresh ?? '';
    const expires = session.expires ?? 0;
    const still = (): Renewed => (this.#now() < expires ? current : UNKNOWN);
    const metadata = await this.#verifier.provider.metadata();
    if (metadata === null) return still();
    try {
      const grant = await this.#endpoint.refresh(metadata, refresh, owner);
      this.#done.set(keyOf(refresh, expires), doneUntil(expires), this.#env.now());
      if ('denied' in grant) return OVER;
      return await this.#take(current, tokens, grant);
    } catch (error) {
      if (error instanceof PeerFailure) return still();
      throw error;
    }
  }

  async #take(current: Current, tokens: Tokens, grant: Grant): Promise<Renewed> {
    const all = { ...grant, refresh: grant.refresh ?? tokens.refresh };
    let { identity } = current.session;
    const scope = grant.scope ?? tokens.scope;
    if (grant.id !== null) {
      const claims = await readIdToken(grant.id, this.#verifier, {
        client: this.#config.client_id?.[0] ?? '',
        ...{ nonce: null, access: grant.access, now: this.#env.now() },
      });
      if (claims === UNKNOWN) return UNKNOWN;
      if (typeof claims === 'string' || claims.sub !== identity.subject) return OVER;
      const whole = withScope(claims, scope, this.#config);
      if (this.#lacks(whole) !== null) return OVER;
      identity = identityOf(whole, this.#config);
    }
    const session = refreshedSession(current.session, identity, all, this.#now());
    const kept = {
      access: tokens.access === null ? null : grant.access,
      refresh: all.refresh,
      id: tokens.id === null ? null : (grant.id ?? tokens.id),
      scope,
    };
    const renewed = { session, tokens: () => kept, isNew: true };
    this.#recent.set(keyOf(tokens.refresh ?? '', current.session.expires ?? 0), renewed);
    return renewed;
  }

  #isDone(key: string, expires: number): boolean {
    return this.#done.has(key, doneUntil(expires), this.#env.now());
  }

  #mayTry(key: string): boolean {
    const now = this.#env.now();
    const turn = Math.floor(now / PAUSE);
    return this.#tries.set(`${key} ${turn}`, (turn + 1) * PAUSE, now) !== false;
  }

  #now(): number {
    return Math.floor(this.#env.now() / 1000);
  }
}

/** The same in all threads; another one after each renewal, also where the token stays the same. */
function keyOf(refresh: string, expires: number): string {
  return hash('sha256', `${expires} ${refresh}`, 'base64url').slice(0, 22);
}

/** Long after whoever has the token could use it here, ms since the epoch. */
function doneUntil(expires: number): number {
  return (expires + 86_400) * 1000;
}
