import { authentication, challenge } from '../../plugin/authentication.ts';
import type { Refusal } from '../../plugin/authentication.ts';
import { fieldValue } from '../../plugin/header-line.ts';
import { IdentifiedBefore } from '../../plugin/identified-before.ts';
import { definePlugin } from '../../plugin/plugin.ts';
import type { Exchange, RequestView } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';
import { SharedMarks } from '../../plugin/shared-marks.ts';
import { digestFits } from './body-digest.ts';
import { readHttpDate } from './http-date.ts';
import { hmacAuthConfig } from './schema.ts';
import { isSame, readSignature, sign, signedText } from './signature.ts';
import type { Algorithm, HmacCredential, SignatureFields } from './signature.ts';

const CREDENTIALS = 'hmacauth_credentials';

/** Knows consumers by requests that are signed with a secret that they share with the gateway. */
export const hmacAuth = definePlugin({
  name: 'hmac-auth',
  summary: 'Lets requests pass that a consumer has signed with a shared secret.',
  version: '1.0.0',
  priority: 1030,
  protocols: HTTP_PROTOCOLS,
  forbids: ['consumer'],
  config: hmacAuthConfig,

  setup(config, env) {
    const { directory } = env;
    const before = new IdentifiedBefore<HmacCredential>(env);
    const { hide_credentials: hide, accept_unsigned: acceptUnsigned } = config;
    const skew = config.clock_skew ?? 300;
    const algorithms = new Set<string>(config.algorithms ?? []);
    const enforced = (config.enforce_headers ?? []).map((name) => name.toLowerCase());
    const seen = config.reject_replays ? new SharedMarks(env.counters, 'hmac-auth') : null;

    const headers = { 'WWW-Authenticate': challenge('hmac', config.realm) };
    const refusal = (message: string): Refusal => {
      return { status: 401, message, headers, body: 'negotiated' };
    };
    const missing = refusal('Unauthorized');
    const invalid = refusal('HMAC signature cannot be verified');
    const undated = refusal(
      'HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication',
    );
    const different = refusal('HMAC signature does not match');
    const replayed = refusal('HMAC signature was used before');

    function verify(ex: Exchange): Refusal | null | Promise<Refusal | null> {
      const { request } = ex;
      const forProxy = request.header('proxy-authorization');
      const authorization = request.header('authorization');
      if (forProxy === undefined && authorization === undefined) return missing;
      // The service could take another line than the one that is verified.
      const isTwice =
        forProxy !== undefined && request.headerValues('proxy-authorization').length > 1;
      if (isTwice) return invalid;
      const now = Math.floor(env.now() / 1000);
      const xDate = dateIn(request, 'x-date', now);
      const date = dateIn(request, 'date', now);
      const sent = signatureIn(request, forProxy, authorization);
      if (!isNear(xDate) && !isNear(date)) return undated;
      if (sent === null || !algorithms.has(sent.algorithm)) return invalid;
      const { signed } = sent;
      if (!enforced.every((name) => signed.includes(name))) return invalid;
      const first = acceptUnsigned || signed.includes('x-date') ? xDate : null;
      const second = acceptUnsigned || signed.includes('date') ? date : null;
      if (!isNear(first) && !isNear(second)) return invalid;
      const latest = Math.max(first?.seconds ?? -Infinity, second?.seconds ?? -Infinity);
      const credential = directory.credential(CREDENTIALS, sent.username) as
        HmacCredential | undefined;
      if (credential === undefined) return invalid;
      const signature = signatureThatFits(request, sent, credential);
      if (signature === null) return different;
      if (config.validate_request_body) {
        if (request.hasBody) return verifyWithBody(ex, credential, sent, signature, latest);
        if (!digestFits(request.header('digest'), NO_BODY)) return different;
      }
      return conclude(ex, credential, sent, signature, latest);
    }

    /** @param now seconds since the epoch @returns null where there is none */
    function dateIn(request: RequestView, field: string, now: number): RequestDate | null {
      const value = request.header(field);
      const seconds = value === undefined ? null : readHttpDate(value);
      return seconds === null ? null : { seconds, isNear: Math.abs(now - seconds) <= skew };
    }

    function signatureIn(
      request: RequestView,
      forProxy: string | undefined,
      authorization: string | undefined,
    ): SignatureFields | null {
      if (hide) request.removeHeader('proxy-authorization');
      const sent = forProxy === undefined ? null : readSignature(forProxy);
      if (sent !== null) return sent;
      if (hide) request.removeHeader('authorization');
      return authorization === undefined ? null : readSignature(authorization);
    }

    function signatureThatFits(
      request: RequestView,
      sent: SignatureFields,
      credential: HmacCredential,
    ): string | null {
      const signed = (target: string): string =>
        sign(sent.algorithm as Algorithm, credential, signedText(sent, request, target));
      const whole = signed(request.target);
      if (isSame(sent.signature, whole)) return whole;
      if (!config.accept_path_only) return null;
      const path = signed(request.path);
      return isSame(sent.signature, path) ? path : null;
    }

    async function verifyWithBody(
      ex: Exchange,
      ...[credential, sent, signature, latest]: Proof
    ): Promise<Refusal | null> {
      const { request } = ex;
      const digest = request.header('digest');
      if (!acceptUnsigned && !sent.signed.includes('digest')) return different;
      const body = await request.body(config.max_body_size);
      if (ex.answered) return null;
      if (!digestFits(digest, body)) return different;
      // While the body came, the credential may have become another.
      if (directory.credential(CREDENTIALS, sent.username) !== credential) return invalid;
      return conclude(ex, credential, sent, signature, latest);
    }

    function conclude(
      ex: Exchange,
      ...[credential, sent, signature, latest]: Proof
    ): Refusal | null {
      const consumer = directory.consumerOf(credential);
      if (consumer === undefined) return invalid;
      if (seen !== null) {
        const until = (latest + skew + 1) * 1000;
        const isNew = seen.set(signature, until, env.now());
        if (isNew === false) return replayed;
        if (isNew === null) {
          env.log.error('no room to note signatures, so requests are refused', {
            help: 'Give the node more counters: --counter-slots.',
          });
          ex.error(503, 'Service temporarily unavailable');
          return null;
        }
      }
      if (before.authenticate(ex, credential)) return null;
      ex.authenticate(consumer, credential, fieldValue(sent.username));
      before.note(ex, credential);
      return null;
    }

    return { access: authentication({ verify, anonymous: config.anonymous, env }) };
  },
});

const NO_BODY = new Uint8Array();

interface RequestDate {
  /** Since the epoch. */
  readonly seconds: number;
  /** Near enough to the present. */
  readonly isNear: boolean;
}

function isNear(date: RequestDate | null): boolean {
  return date !== null && date.isNear;
}

/**
 * A signature that fits, as a latin1 text, and the latest date that makes it count, in seconds since the
 * epoch.
 */
type Proof = [credential: HmacCredential, sent: SignatureFields, signature: string, latest: number];
