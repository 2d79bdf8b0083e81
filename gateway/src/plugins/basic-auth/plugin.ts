import { authentication, challenge } from '../../plugin/authentication.ts';
import type { Refusal } from '../../plugin/authentication.ts';
import { definePlugin, f } from '../../plugin/plugin.ts';
import type { Exchange } from '../../plugin/plugin.ts';
import { ProvenBefore } from '../../plugin/proven-before.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';
import { SecretDigests } from '../../plugin/secret-digest.ts';
import { readUserPass } from './user-pass.ts';
import { CREDENTIALS, PasswordVerifier, type Verdict } from './verifier.ts';

/** One for all instances of this thread: what it knows does not depend on their configuration. */
const verifier = new PasswordVerifier();
const digests = new SecretDigests('basic-auth');

/** Knows consumers by a user name and a password. */
export const basicAuth = definePlugin({
  name: 'basic-auth',
  summary: 'Lets requests pass that carry the user name and the password of a consumer.',
  version: '1.0.0',
  priority: 1100,
  protocols: HTTP_PROTOCOLS,
  forbids: ['consumer'],
  config: f.record(
    {
      anonymous: f.string({
        description:
          'Id or username of a consumer as which requests without valid credentials go on. Without it they are answered with 401.',
      }),
      hide_credentials: f.boolean({
        required: true,
        default: false,
        description: 'Whether to remove the credentials before the request goes to the service.',
      }),
      realm: f.string({
        required: true,
        default: 'service',
        description: 'Realm that `WWW-Authenticate` names in a 401.',
      }),
    },
    { required: true },
  ),

  setup(config, env) {
    const { directory } = env;
    const hide = config.hide_credentials;
    const before = new ProvenBefore(env);
    const unauthorized: Refusal = {
      status: 401,
      message: 'Unauthorized',
      headers: { 'WWW-Authenticate': challenge('Basic', config.realm) },
      body: 'negotiated',
    };

    function verify(ex: Exchange): Refusal | null | Promise<Refusal | null> {
      const { request } = ex;
      const forProxy = request.header('proxy-authorization');
      if (forProxy !== undefined) {
        if (request.headerValues('proxy-authorization').length > 1) return unauthorized;
        if (hide) request.removeHeader('proxy-authorization');
        // It counts if it names somebody; otherwise the other field is asked.
        const sent = readUserPass(forProxy);
        if (sent !== null && directory.credential(CREDENTIALS, sent.username) !== undefined) {
          return judge(ex, forProxy);
        }
      }
      const value = request.header('authorization');
      if (value === undefined) return unauthorized;
      if (hide) request.removeHeader('authorization');
      if (before.pass(ex, value)) return null;
      return judge(ex, value);
    }

    function judge(ex: Exchange, value: string): Refusal | null | Promise<Refusal | null> {
      const digest = digests.of(value);
      const known = verifier.remembered(digest, directory);
      if (known !== undefined) return conclude(ex, known, value);
      const sent = readUserPass(value);
      if (sent === null) return unauthorized;
      const verdict = verifier.verify(digest, sent, ex.clientIp, directory);
      if (verdict === null) {
        // Also where there is an anonymous consumer: the credentials may be right.
        ex.error(503, 'Too many passwords are being verified', { 'Retry-After': '1' });
        return null;
      }
      return verdict.then((found) => conclude(ex, found, value));
    }

    function conclude(ex: Exchange, verdict: Verdict, value: string): Refusal | null {
      const { proven, credential, identifier } = verdict;
      if (!proven || credential === undefined) return unauthorized;
      const consumer = directory.consumerOf(credential);
      if (consumer === undefined) return unauthorized;
      ex.authenticate(consumer, credential, identifier);
      before.note(ex, value, Infinity);
      return null;
    }

    return { access: authentication({ verify, anonymous: config.anonymous, env }) };
  },
});
