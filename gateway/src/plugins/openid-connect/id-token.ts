import { hash } from 'node:crypto';
import { timesOf } from '../../plugin/jose/times.ts';
import { claimOf, type Claims } from '../../plugin/jose/token.ts';
import { UNKNOWN, type GenuineToken, type TokenVerifier } from './token-verifier.ts';

/** What an id token has to fit. */
export interface Expected {
  readonly client: string;
  /** What was sent along with the browser; null where no browser was sent. */
  readonly nonce: string | null;
  /** The access token that came with it. */
  readonly access: string;
  /** ms since the epoch */
  readonly now: number;
}

/**
 * Reads an id token (OpenID Connect Core, section 3.1.3.7).
 *
 * @returns its claims, or in a few words why it does not count
 */
export async function readIdToken(
  text: string,
  verifier: TokenVerifier,
  expected: Expected,
): Promise<Claims | string | typeof UNKNOWN> {
  const verdict = await verifier.verify(text);
  if (typeof verdict === 'string' || verdict === UNKNOWN) return verdict;
  const { claims } = verdict;
  return (
    partyFault(claims, expected.client) ??
    verifier.fault(timesOf(claims), expected.now) ??
    bindingFault(verdict, expected) ??
    claims
  );
}

function partyFault(claims: Claims, client: string): string | null {
  const audiences = [claimOf(claims, 'aud')].flat();
  if (!audiences.includes(client)) return 'the id token is for somebody else';
  const party = claimOf(claims, 'azp');
  if (party !== undefined ? party !== client : audiences.length > 1) {
    return 'the id token was given to somebody else';
  }
  const subject = claimOf(claims, 'sub');
  return typeof subject === 'string' && subject !== '' ? null : 'the id token names nobody';
}

function bindingFault({ header, claims }: GenuineToken, expected: Expected): string | null {
  const type = claimOf(header, 'typ');
  if (type !== undefined && !isJwt(type)) return 'this token is for something else';
  if (expected.nonce !== null && claimOf(claims, 'nonce') !== expected.nonce) {
    return 'the id token is of another login';
  }
  const digest = claimOf(claims, 'at_hash');
  if (digest === undefined) return null;
  const fits = digest === accessHash(String(claimOf(header, 'alg')), expected.access);
  return fits ? null : 'the access token belongs to another id token';
}

function isJwt(type: unknown): boolean {
  return typeof type === 'string' && type.toLowerCase() === 'jwt';
}

/** The left half of the digest that the algorithm of the signature is made with. */
function accessHash(algorithm: string, access: string): string {
  const size = algorithm === 'EdDSA' ? '512' : algorithm.slice(2);
  const digest = hash(`sha${size}`, access, 'buffer');
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
