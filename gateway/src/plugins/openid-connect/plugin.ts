import { authentication, type Refusal } from '../../plugin/authentication.ts';
import { definePlugin } from '../../plugin/plugin.ts';
import type { Exchange } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';
import { bearerSearch } from './bearer-search.ts';
import { BearerTokens } from './bearer.ts';
import { Identification } from './identify.ts';
import { shareProvider } from './provider.ts';
import { Refusals } from './refusals.ts';
import { openidConfig } from './schema/schema.ts';
import { TokenVerifier } from './token-verifier.ts';

/** Knows users by an OpenID provider. */
export const openidConnect = definePlugin({
  name: 'openid-connect',
  summary: 'Lets requests pass that carry a token of Google or any other OpenID provider.',
  version: '1.0.0',
  priority: 1050,
  protocols: HTTP_PROTOCOLS,
  forbids: ['consumer'],
  config: openidConfig,

  setup(config, env) {
    const refusals = new Refusals(config);
    const identification = new Identification(config, env.directory, refusals);
    const { thing: provider, release } = shareProvider(
      {
        issuer: config.issuer,
        ttl: config.cache_ttl * 1000,
        mostAge: config.cache_max_age * 1000,
        timeout: config.timeout,
        verify: config.ssl_verify,
      },
      env,
    );
    const verifier = new TokenVerifier(config, provider);
    const bearer = config.auth_methods.includes('bearer') ? bearerSearch(config) : null;
    const tokens = new BearerTokens(config, env, { verifier, identification, refusals });

    function verify(ex: Exchange): Refusal | null | Promise<Refusal | null> {
      const token = bearer?.(ex.request) ?? null;
      if (token === 'several') return refusals.invalid('there are several tokens');
      if (token !== null) return tokens.verify(ex, token);
      return refusals.nothing;
    }

    const authenticate = authentication({
      verify,
      anonymous: config.anonymous,
      runOnPreflight: config.run_on_preflight,
      env,
    });

    function access(ex: Exchange): void | Promise<void> {
      // Also where another plugin has found out already who that is.
      identification.clear(ex);
      return authenticate(ex);
    }

    return { access, dispose: release };
  },
});
