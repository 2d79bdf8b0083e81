import {
  authentication,
  setAuthenticatedGroups,
  type Refusal,
} from '../../plugin/authentication.ts';
import { fieldValue } from '../../plugin/header-line.ts';
import { NO_KEYS } from '../../plugin/jose/signer.ts';
import { claimOf, readToken, type Claims, type Token } from '../../plugin/jose/token.ts';
import { definePlugin } from '../../plugin/plugin.ts';
import type { Exchange } from '../../plugin/plugin.ts';
import { ProvenBefore } from '../../plugin/proven-before.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';
import { RecentMap } from '../../plugin/recent-map.ts';
import { SecretDigests } from '../../plugin/secret-digest.ts';
import { CredentialVerifier } from './credential-verifier.ts';
import { IssuerVerifier } from './issuer-verifier.ts';
import { Refusals } from './refusals.ts';
import { jwtChecks, jwtConfig, type JwtConfig } from './schema.ts';
import { timeFaults, type TimeRules } from '../../plugin/jose/times.ts';
import { onlyField, tokenSearch } from './token-search.ts';
import { CredentialToken, IssuerToken, type VerifiedToken } from './verdict.ts';

/**
 * Tokens that were verified, of all instances of this thread. A verification with a public key takes
 * longer than all else that is done for a request.
 */
const verified = new RecentMap<VerifiedToken>(20_000);

/** Knows consumers by JSON Web Tokens. */
export const jwt = definePlugin({
  name: 'jwt',
  summary: 'Lets requests pass that carry a JSON Web Token of a consumer or of a trusted issuer.',
  version: '1.0.0',
  priority: 1450,
  protocols: HTTP_PROTOCOLS,
  forbids: ['consumer'],
  config: jwtConfig,
  checks: jwtChecks,

  setup(config, env) {
    const { directory } = env;
    const refusals = new Refusals(config.realm);
    const search = tokenSearch(config);
    const byCredential = new CredentialVerifier(config, directory, refusals);
    const byIssuer =
      config.jwks_uri === null ? null : new IssuerVerifier(config, config.jwks_uri, env, refusals);
    /** What was verified under another configuration may not pass under this one. */
    const digests = new SecretDigests(JSON.stringify(config));
    const ofCredentials = rulesOfCredentials(config);
    const ofIssuer: TimeRules = { ...ofCredentials, exp: true, nbf: 'present' };
    const unavailable = 'The keys of the issuer cannot be read';

    const before = new ProvenBefore(env);
    const field = onlyField(config);

    function verify(ex: Exchange): Refusal | null | Promise<Refusal | null> {
      const { request } = ex;
      // An argument may bring another token.
      const sent = field === null || request.query !== '' ? undefined : request.header(field);
      if (sent === undefined) return findAndVerify(ex, null);
      return before.pass(ex, sent) ? null : findAndVerify(ex, sent);
    }

    /** @param sent the field that the token came in, to be noted; null where that does not say all */
    function findAndVerify(
      ex: Exchange,
      sent: string | null,
    ): Refusal | null | Promise<Refusal | null> {
      const found = search(ex.request);
      if (typeof found === 'string') return refusals.without(found);
      const digest = digests.of(found.token);
      const known = verified.get(digest);
      if (known !== undefined && holds(known)) return conclude(ex, known, sent);

      const token = readToken(found.token);
      if (typeof token === 'string') return refusals.because(`Bad token; ${token}`);
      if (byIssuer === null || claimOf(token.claims, 'iss') !== config.issuer) {
        if (byIssuer !== null && !config.accept_credentials)
          return refusals.forClaims(WRONG_ISSUER);
        return remember(ex, { digest, sent }, token, byCredential.verify(token));
      }
      const outcome = byIssuer.verify(token);
      if (!(outcome instanceof Promise)) return remember(ex, { digest, sent }, token, outcome);
      return outcome.then((settled) => remember(ex, { digest, sent }, token, settled));
    }

    function holds(token: VerifiedToken): boolean {
      if (token instanceof CredentialToken) return byCredential.holds(token);
      return byIssuer !== null && byIssuer.holds(token);
    }

    function remember(
      ex: Exchange,
      { digest, sent }: { readonly digest: string; readonly sent: string | null },
      token: Token,
      outcome: VerifiedToken | Refusal | typeof NO_KEYS,
    ): Refusal | null {
      if (outcome === NO_KEYS) {
        // Also where there is an anonymous consumer: the token may be right.
        ex.error(503, unavailable, { 'Retry-After': '5' });
        return null;
      }
      if (!(outcome instanceof CredentialToken || outcome instanceof IssuerToken)) return outcome;
      const faults = partyFaults(token.claims, outcome, config);
      if (faults !== null) return refusals.forClaims(faults);
      const refusal = conclude(ex, outcome, sent);
      if (refusal === null) verified.set(digest, outcome);
      return refusal;
    }

    function conclude(ex: Exchange, token: VerifiedToken, sent: string | null): Refusal | null {
      const isOwn = token instanceof CredentialToken;
      const now = Math.floor(env.now() / 1000);
      const faults = timeFaults(token.times, isOwn ? ofCredentials : ofIssuer, now);
      if (faults !== null) return refusals.forClaims(faults);
      if (!isOwn) return identifyBearer(ex, token);
      const refusal = identifyOwner(ex, token);
      if (refusal === null && sent !== null) before.note(ex, sent, endOf(token));
      return refusal;
    }

    /** When a token expires, ms since the epoch; Infinity where that is not looked at. */
    function endOf({ times: { exp } }: CredentialToken): number {
      return ofCredentials.exp ? (Number(exp) + ofCredentials.leeway) * 1000 : Infinity;
    }

    function identifyOwner(ex: Exchange, token: CredentialToken): Refusal | null {
      const consumer = directory.consumerOf(token.credential);
      if (consumer === undefined) return byCredential.notFound(token);
      ex.authenticate(consumer, token.credential, token.identifier);
      return null;
    }

    function identifyBearer(ex: Exchange, token: IssuerToken): Refusal | null {
      const consumer = byIssuer?.consumerOf(token);
      if (consumer === undefined && !config.consumer_optional) {
        return byIssuer?.notFound(token) ?? refusals.because('Unauthorized');
      }
      const { credential, name, groups } = token;
      const identifier = name === null ? undefined : fieldValue(name);
      if (consumer === undefined) ex.authenticate(null, credential, identifier);
      else ex.authenticate(consumer, { ...credential, consumerId: consumer.id }, identifier);
      if (groups !== null) setAuthenticatedGroups(ex, groups);
      return null;
    }

    return {
      access: authentication({
        verify,
        anonymous: config.anonymous,
        runOnPreflight: config.run_on_preflight,
        env,
      }),
      dispose: () => byIssuer?.dispose(),
    };
  },
});

const WRONG_ISSUER = { iss: 'unexpected issuer' };

function rulesOfCredentials(config: JwtConfig): TimeRules {
  const claims = config.claims_to_verify ?? [];
  return {
    exp: claims.includes('exp'),
    nbf: claims.includes('nbf'),
    futureIat: config.accept_future_iat,
    mostExp: config.maximum_expiration ?? 0,
    leeway: config.leeway,
  };
}

/** What is wrong with who issued a token and whom it is for; null when nothing is. */
function partyFaults(
  claims: Claims,
  token: VerifiedToken,
  { issuer, audience, jwks_uri: uri }: JwtConfig,
): Record<string, string> | null {
  // With a key set the issuer is that of its tokens; others may come from credentials.
  const isOther = uri !== null && token instanceof CredentialToken;
  if (issuer !== null && !isOther && claimOf(claims, 'iss') !== issuer) return WRONG_ISSUER;
  if (audience === null) return null;
  const sent = [claimOf(claims, 'aud')].flat();
  const isMeant = sent.some((one) => typeof one === 'string' && audience.includes(one));
  return isMeant ? null : { aud: 'unexpected audience' };
}
