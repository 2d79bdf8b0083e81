import type { Refusal } from '../../plugin/authentication.ts';
import { claimOf, type Claims } from '../../plugin/jose/token.ts';
import { timesOf, type Times } from '../../plugin/jose/times.ts';
import type { PublicKey } from '../../plugin/jose/jwk.ts';
import type { Exchange, PluginEnv } from '../../plugin/plugin.ts';
import { RecentMap } from '../../plugin/recent-map.ts';
import { SecretDigests } from '../../plugin/secret-digest.ts';
import { SeldomLog } from '../../plugin/seldom-log.ts';
import type { FoundToken } from './bearer-search.ts';
import type { Identification } from './identify.ts';
import { identityOf, type Identity } from './identity.ts';
import type { OpenidParts } from './parts.ts';
import { unavailable, type Refusals } from './refusals.ts';
import { audienceRequirement, requirements } from './requirements.ts';
import type { OpenidConfig } from './schema/schema.ts';
import { OPAQUE, UNKNOWN, type TokenVerifier, type Verdict } from './token-verifier.ts';

/** A bearer token that may pass for as long as its times and its key are right. */
interface KnownToken {
  readonly key: PublicKey;
  readonly times: Times;
  readonly identity: Identity;
}

/** Tokens that were verified, of all instances of this thread. */
const verified = new RecentMap<KnownToken>(20_000);

/** Verifies bearer tokens. */
export class BearerTokens {
  readonly #config: OpenidConfig;
  readonly #env: PluginEnv;
  readonly #log: SeldomLog;
  readonly #verifier: TokenVerifier;
  readonly #identification: Identification;
  readonly #refusals: Refusals;
  readonly #lacks: (claims: Claims) => string | null;
  /** What was verified under another configuration may not pass under this one. */
  readonly #digests: SecretDigests;

  constructor(config: OpenidConfig, env: PluginEnv, parts: OpenidParts) {
    this.#config = config;
    this.#env = env;
    this.#log = new SeldomLog(env);
    this.#verifier = parts.verifier;
    this.#identification = parts.identification;
    this.#refusals = parts.refusals;
    const [audience, rest] = [audienceRequirement(config), requirements(config)];
    this.#lacks = (claims) => audience(claims) ?? rest(claims);
    this.#digests = new SecretDigests(JSON.stringify(config));
  }

  verify(ex: Exchange, token: FoundToken): Refusal | null | Promise<Refusal | null> {
    const digest = this.#digests.of(token.text);
    const known = verified.get(digest);
    if (known !== undefined && this.#verifier.provider.has(known.key)) {
      return this.#conclude(ex, known, token);
    }
    const verdict = this.#verifier.verify(token.text);
    if (!(verdict instanceof Promise)) return this.#remember(ex, verdict, { token, digest });
    return verdict.then((settled) => this.#remember(ex, settled, { token, digest }));
  }

  #remember(
    ex: Exchange,
    verdict: Verdict,
    { token, digest }: { readonly token: FoundToken; readonly digest: string },
  ): Refusal | null {
    if (verdict === UNKNOWN) {
      unavailable(ex);
      return null;
    }
    if (verdict === OPAQUE) {
      this.#log.warn('a bearer token is opaque, so it is refused', {
        help: 'Only the server that issued it can tell what it is worth. The plugin oauth2-introspection asks that; here tokens have to be JSON Web Tokens.',
        request_id: ex.id,
      });
    }
    if (typeof verdict === 'string') return this.#refusals.invalid(verdict);
    const { key, header, claims } = verdict;
    if (!isForRequests(header)) return this.#refusals.invalid('this token is for something else');
    const lacking = this.#lacks(claims);
    if (lacking !== null) return this.#refusals.forbidden(lacking);
    const known = { key, times: timesOf(claims), identity: identityOf(claims, this.#config) };
    const refusal = this.#conclude(ex, known, token);
    if (refusal === null) verified.set(digest, known);
    return refusal;
  }

  #conclude(ex: Exchange, known: KnownToken, token: FoundToken): Refusal | null {
    const fault = this.#verifier.fault(known.times, this.#env.now());
    if (fault !== null) return this.#refusals.invalid(fault);
    const refusal = this.#identification.identify(ex, known.identity);
    if (refusal === null && this.#config.hide_credentials) token.hide(ex.request);
    return refusal;
  }
}

/** Providers sign other things with the same keys, such as what tells of a logout. */
function isForRequests(header: Claims): boolean {
  const type = claimOf(header, 'typ');
  return type === undefined || (typeof type === 'string' && FOR_REQUESTS.test(type));
}

const FOR_REQUESTS = /^(application\/)?(at\+)?jwt$/i;
