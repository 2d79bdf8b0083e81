import { isAlgorithm, type Algorithm } from './algorithms.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** A JSON Web Token that is well-formed; of its signature nothing is known. */
export interface Token {
  readonly algorithm: Algorithm;
  readonly header: Claims;
  readonly claims: Claims;
  /** The text that was signed. */
  readonly signed: string;
  readonly signature: Buffer;
}

/** Why a text is no token, in Kong's words where it has some. */
export type TokenFault =
  | 'invalid JSON'
  | 'invalid alg'
  | 'invalid claims'
  | 'invalid signature'
  | 'unknown critical header';

/** Reads a JSON Web Token in its compact form (RFC 7519). Never throws. */
export function readToken(text: string): Token | TokenFault {
  const first = text.indexOf('.');
  const second = text.indexOf('.', first + 1);
  if (first === -1 || second === -1) return 'invalid JSON';
  const header = jsonIn(text.slice(0, first));
  const claims = jsonIn(text.slice(first + 1, second));
  if (header === undefined || claims === undefined) return 'invalid JSON';
  if (!isRecord(header) || !isAlgorithm(header.alg)) return 'invalid alg';
  // Of extensions that must be understood none is.
  if (Object.hasOwn(header, 'crit')) return 'unknown critical header';
  if (!isRecord(claims)) return 'invalid claims';
  const signature = bytesIn(text.slice(second + 1));
  if (signature === null) return 'invalid signature';
  return { algorithm: header.alg, header, claims, signed: text.slice(0, second), signature };
}

/** The value of a claim; undefined where it is absent or null. */
export function claimOf(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? (claims[name] ?? undefined) : undefined;
}

/** Both alphabets, with or without padding, as Kong reads them. */
const BASE64 = /^([\w+/-]*)=*$/;

/** The bytes that a text in base64 stands for; null where it is none. */
export function bytesIn(text: string): Buffer | null {
  const digits = BASE64.exec(text)?.[1];
  if (digits === undefined || digits.length % 4 === 1) return null;
  return Buffer.from(digits, 'base64');
}

function jsonIn(text: string): unknown {
  const bytes = bytesIn(text);
  if (bytes === null) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
