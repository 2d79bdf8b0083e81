import { timingSafeEqual } from 'node:crypto';
import { fieldText, inOnePiece } from '../../plugin/header-line.ts';
import type { CredentialInfo, RequestView } from '../../plugin/plugin.ts';
import { RecentMap } from '../../plugin/recent-map.ts';
import { HmacKey } from './hmac.ts';

/** Algorithms by the names that clients give them. */
const HASHES = {
  'hmac-sha1': 'sha1',
  'hmac-sha256': 'sha256',
  'hmac-sha384': 'sha384',
  'hmac-sha512': 'sha512',
} as const;

export type Algorithm = keyof typeof HASHES;

export const ALGORITHMS = Object.keys(HASHES) as Algorithm[];

/** What an `Authorization` field of the scheme `hmac` says. */
export interface SignatureFields {
  readonly username: string;
  /** As it was named, which may be none of those that there are. */
  readonly algorithm: string;
  /** What was signed, in this order: names of fields, `request-line` and `@request-target`. */
  readonly headers: readonly string[];
  /** The same in lower case. */
  readonly signed: readonly string[];
  /** Base64. */
  readonly signature: string;
}

const FIELDS =
  /^\s*[Hh]mac\s*username="([^"]+)",\s*algorithm="([^"]+)",\s*headers="([^"]+)",\s*signature="([^"]+)"/;

/** Reads the value of an `Authorization` field; null where it is of another kind. */
export function readSignature(value: string): SignatureFields | null {
  const match = FIELDS.exec(value);
  if (match === null) return null;
  const [, username = '', algorithm = '', headers = '', signature = ''] = match;
  const names = namesIn(headers);
  return {
    username: fieldText(username),
    algorithm,
    headers: names.headers,
    signed: names.signed,
    signature,
  };
}

type Names = Pick<SignatureFields, 'headers' | 'signed'>;

/** Lists of names: all requests of a client have the same. */
const namesByText = new RecentMap<Names>(100);

function namesIn(text: string): Names {
  let names = namesByText.get(text);
  if (names === undefined) {
    const own = inOnePiece(text);
    names = { headers: own.split(' '), signed: own.toLowerCase().split(' ') };
    namesByText.set(own, names);
  }
  return names;
}

/**
 * The text that a client has signed.
 *
 * @param target path and query as they count
 */
export function signedText(
  { headers, signed }: SignatureFields,
  request: RequestView,
  target: string,
): string {
  let text = '';
  for (let i = 0; i < headers.length; i++) {
    if (i > 0) text += '\n';
    text += lineOf(headers[i]!, signed[i]!, request, target);
  }
  return text;
}

function lineOf(name: string, field: string, request: RequestView, target: string): string {
  if (name === 'request-line') {
    const { method, httpVersion } = request;
    return `${method} ${target} HTTP/${httpVersion === '2' ? '2.0' : httpVersion}`;
  }
  if (name === '@request-target') return `${name}: ${request.method.toLowerCase()} ${target}`;
  const values = request.headerValues(field);
  if (values.length === 1) return `${name}: ${values[0]!}`;
  // All of them: one that was added on the way must not pass unsigned.
  return values.length === 0 ? `${name}:` : `${name}: ${values.join(', ')}`;
}

/** A `hmacauth_credentials` entity as threads know it. */
export interface HmacCredential extends CredentialInfo {
  readonly secret: string;
}

type Keys = Partial<Record<Algorithm, HmacKey>>;

/** Made when first used. A credential that changes is another object. */
const keysOf = new WeakMap<HmacCredential, Keys>();

/** The signature of a text with the secret of a credential, as a latin1 text. */
export function sign(algorithm: Algorithm, credential: HmacCredential, text: string): string {
  let keys = keysOf.get(credential);
  if (keys === undefined) keysOf.set(credential, (keys = {}));
  return (keys[algorithm] ??= new HmacKey(HASHES[algorithm], credential.secret)).sign(text);
}

/** Bytes of the longest signature, and one more by which a longer one is told. */
const ROOM = 65;
const given = Buffer.alloc(ROOM);
const wanted = Buffer.alloc(ROOM);

/**
 * Whether a signature in base64 is this one, in a time that does not tell how near it comes.
 *
 * @param expected a latin1 text
 */
export function isSame(signature: string, expected: string): boolean {
  const length = given.write(signature, 'base64');
  if (length !== expected.length) return false;
  wanted.write(expected, 'latin1');
  return timingSafeEqual(given.subarray(0, length), wanted.subarray(0, length));
}
