import {
  authenticatedGroups,
  authentication,
  challenge,
  setAuthenticatedGroups,
  type Refusal,
} from '../../plugin/authentication.ts';
import { consumerBy } from '../../plugin/consumer-by.ts';
import { fieldValue } from '../../plugin/header-line.ts';
import { namesIn } from '../../plugin/jose/claim-values.ts';
import { claimOf } from '../../plugin/jose/token.ts';
import { passesWithoutAnswer } from '../../plugin/peer/without-answer.ts';
import { definePlugin } from '../../plugin/plugin.ts';
import type { Exchange } from '../../plugin/plugin.ts';
import { ProvenBefore } from '../../plugin/proven-before.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';
import { findToken, type Found } from './bearer-token.ts';
import type { ActiveToken } from './introspected.ts';
import { Introspection, type Said } from './introspection.ts';
import { introspectionChecks, introspectionConfig } from './schema.ts';

/** Knows who sends a request by asking the server that issued its token. */
export const oauth2Introspection = definePlugin({
  name: 'oauth2-introspection',
  summary: 'Lets requests pass that carry a token of which its issuer says that it is active.',
  version: '1.0.0',
  priority: 1700,
  protocols: HTTP_PROTOCOLS,
  forbids: ['consumer'],
  config: introspectionConfig,
  checks: introspectionChecks,

  setup(config, env) {
    const { directory } = env;
    const introspection = new Introspection(config, env);
    const refusals = new Refusals(config.realm);

    /** What is said of a request's path holds for no other request. */
    const before = config.introspect_request ? null : new ProvenBefore(env);

    function verifyToken(ex: Exchange): Refusal | null | Promise<Refusal | null> {
      const { request } = ex;
      // What an argument says counts as well.
      const field = request.query === '' ? request.header('authorization') : undefined;
      if (before === null || field === undefined) return findAndVerify(ex, null);
      if (!before.pass(ex, field)) return findAndVerify(ex, field);
      if (config.hide_credentials) request.removeHeader('authorization');
      return null;
    }

    /** @param field that says all, to be noted; null where that is not so */
    function findAndVerify(
      ex: Exchange,
      field: string | null,
    ): Refusal | null | Promise<Refusal | null> {
      const found = findToken(ex.request, config.hide_credentials);
      return found instanceof Promise
        ? found.then((one) => verify(ex, one, null))
        : verify(ex, found, field);
    }

    function verify(
      ex: Exchange,
      found: Found,
      field: string | null,
    ): Refusal | null | Promise<Refusal | null> {
      if (found === 'missing') return refusals.missing;
      if (found === 'several') return refusals.several;
      if (found === 'malformed') return refusals.invalid;
      const said = introspection.of(found.token, ex);
      if (!(said instanceof Promise)) return conclude(ex, said, field);
      return said.then(
        (settled) => conclude(ex, settled, field),
        (error: unknown) => withoutAnswer(ex, error),
      );
    }

    const failing = {
      peer: introspection.peer,
      onFailure: config.on_failure,
      message: 'Tokens cannot be verified at the moment',
    };

    function withoutAnswer(ex: Exchange, error: unknown): Refusal | null {
      const passes = passesWithoutAnswer(ex, error, failing, env);
      return passes && config.anonymous !== null ? refusals.invalid : null;
    }

    function conclude(ex: Exchange, said: Said, field: string | null): Refusal | null {
      const { answer: token, until } = said;
      const now = env.now();
      if (token === null || now >= token.until || now < token.from) return refusals.invalid;
      const { audience, scopes_required: scopes } = config;
      if (audience !== null && !token.audience.some((one) => audience.includes(one))) {
        return refusals.invalid;
      }
      if (scopes?.some((scope) => !token.scopes.includes(scope)) === true) {
        return refusals.insufficient(scopes);
      }
      const refusal = identify(ex, token);
      if (refusal !== null || field === null) return refusal;
      const groups = config.groups_claim === null ? null : (authenticatedGroups(ex) ?? null);
      before?.note(ex, field, Math.min(until, token.until), groups);
      return null;
    }

    function identify(ex: Exchange, token: ActiveToken): Refusal | null {
      const byName = config.consumer_by === 'username';
      const name = byName ? token.username : token.clientId;
      const consumer =
        name === null
          ? undefined
          : consumerBy(directory, [byName ? 'username' : 'custom_id'], name);
      if (consumer === undefined && !config.consumer_optional) return refusals.invalid;
      const id = `${introspection.peer} ${token.subject ?? ''}`;
      const identifier = name ?? token.subject;
      ex.authenticate(
        consumer ?? null,
        { id, consumerId: consumer?.id ?? '' },
        identifier === null ? undefined : fieldValue(identifier),
      );
      if (config.groups_claim !== null) {
        setAuthenticatedGroups(ex, namesIn(claimOf(token.claims, config.groups_claim)));
      }
      ex.addUpstreamLines(token.lines);
      return null;
    }

    const authenticate = authentication({
      verify: verifyToken,
      anonymous: config.anonymous,
      runOnPreflight: config.run_on_preflight,
      env,
    });
    const { fields } = introspection.told;

    return {
      access: function checkToken(ex) {
        // Nobody but this plugin says what they say.
        ex.request.withholdHeaders(fields);
        return authenticate(ex);
      },
      dispose: introspection.dispose,
    };
  },
});

/** What those are told who have no valid token (RFC 6750), in Kong's words. */
class Refusals {
  readonly missing: Refusal;
  readonly several: Refusal;
  readonly invalid: Refusal;
  readonly #scheme: string;

  constructor(realm: string) {
    this.#scheme = challenge('Bearer', realm);
    this.missing = {
      ...refusal(401, this.#scheme, 'invalid_request', 'The access token is missing'),
      headers: { 'WWW-Authenticate': this.#scheme },
    };
    const twice = 'There are several access tokens';
    this.several = refusal(401, this.#scheme, 'invalid_request', twice);
    const reason = 'The access token is invalid or has expired';
    this.invalid = refusal(401, this.#scheme, 'invalid_token', reason);
  }

  insufficient(scopes: readonly string[]): Refusal {
    const needed = fieldValue(scopes.join(' ').replace(/["\\]/g, ''));
    const scheme = `${this.#scheme}, scope="${needed}"`;
    return refusal(403, scheme, 'insufficient_scope', 'The access token lacks a scope');
  }
}

function refusal(status: number, scheme: string, error: string, reason: string): Refusal {
  return {
    status,
    message: reason,
    headers: { 'WWW-Authenticate': `${scheme}, error="${error}", error_description="${reason}"` },
    body: 'plain',
    details: { error, error_description: reason },
  };
}
