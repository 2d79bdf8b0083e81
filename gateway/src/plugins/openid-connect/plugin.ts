import { authentication, type Refusal } from '../../plugin/authentication.ts';
import { definePlugin } from '../../plugin/plugin.ts';
import type { Exchange } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';
import { bearerSearch } from './bearer-search.ts';
import { BearerTokens } from './bearer.ts';
import { BrowserLogin } from './browser-login.ts';
import { Identification } from './identify.ts';
import { shareProvider } from './provider.ts';
import { Refusals } from './refusals.ts';
import { openidConfig } from './schema/schema.ts';
import { cookiesToSet } from './set-cookies.ts';
import { TokenVerifier } from './token-verifier.ts';

/** Knows users by an OpenID provider. */
export const openidConnect = definePlugin({
  name: 'openid-connect',
  summary:
    'Has users log in with Google or any other OpenID provider, and lets its tokens pass as well.',
  version: '1.0.0',
  priority: 1050,
  protocols: HTTP_PROTOCOLS,
  forbids: ['consumer'],
  config: openidConfig,

  setup(config, env) {
    const refusals = new Refusals(config);
    const identification = new Identification(config, env, refusals);
    const methods = config.auth_methods;
    const { thing: provider, release } = shareProvider(
      {
        issuer: config.issuer,
        extraKeys: config.extra_jwks_uris ?? [],
        logsIn: methods.includes('authorization_code'),
        ttl: config.cache_ttl * 1000,
        mostAge: config.cache_max_age * 1000,
        timeout: config.timeout,
        verify: config.ssl_verify,
      },
      env,
    );
    const parts = { verifier: new TokenVerifier(config, provider), identification, refusals };
    const search = methods.includes('bearer') ? bearerSearch(config) : null;
    const tokens = new BearerTokens(config, env, parts);
    const browsers = methods.includes('session') ? new BrowserLogin(config, env, parts) : null;

    function verify(ex: Exchange): Refusal | null | Promise<Refusal | null> {
      const own = browsers?.takeOwn(ex) ?? null;
      if (own !== null) return own.then(() => null);
      const result = verifyProof(ex);
      return result instanceof Promise
        ? result.then((refusal) => answered(ex, refusal))
        : answered(ex, result);
    }

    function verifyProof(ex: Exchange): Refusal | null | Promise<Refusal | null> {
      const token = search?.(ex.request) ?? null;
      if (token === 'several') return refusals.invalid('there are several tokens');
      if (token !== null) return tokens.verify(ex, token);
      return browsers === null ? refusals.nothing : browsers.verify(ex);
    }

    /** What is left to say: a browser may have a page to go to. */
    function answered(ex: Exchange, refusal: Refusal | null): Refusal | null {
      if (refusal?.status !== 403 || config.anonymous !== null) return refusal;
      refusals.answer(ex, refusal);
      return null;
    }

    const authenticate = authentication({
      verify,
      anonymous: config.anonymous,
      runOnPreflight: config.run_on_preflight,
      env,
    });

    // Both also where another plugin has found out already who that is.
    function access(ex: Exchange): void | Promise<void> {
      identification.clear(ex);
      const done = authenticate(ex);
      if (done instanceof Promise) return done.then(() => browsers?.hide(ex));
      browsers?.hide(ex);
    }

    function responseHeaders(ex: Exchange): void {
      for (const cookie of cookiesToSet(ex)) ex.response.addHeader('Set-Cookie', cookie);
      for (const cookie of browsers?.cookiesFor(ex) ?? []) {
        ex.response.addHeader('Set-Cookie', cookie);
      }
    }

    return {
      access,
      ...(browsers !== null && { responseHeaders }),
      dispose: () => {
        release();
        browsers?.close();
      },
    };
  },
});
