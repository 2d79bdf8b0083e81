import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyPair } from '../../snapshot/messages.ts';
import * as der from './der.ts';

const DAY = 86_400_000;
const LIFETIME_DAYS = 365;

const ECDSA_WITH_SHA256 = der.sequence(der.oid('1.2.840.10045.4.3.2'));
const COMMON_NAME = der.oid('2.5.4.3');
const ALTERNATIVE_NAMES = der.oid('2.5.29.17');
const DNS_NAME = 2;

/** Makes a certificate that nobody vouches for, valid for a year: RFC 5280, P-256. */
export function selfSigned(name: string): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const subject = der.sequence(der.set(der.sequence(COMMON_NAME, der.text(name))));
  const names = der.sequence(der.tagged(DNS_NAME, Buffer.from(name, 'latin1'), false));
  const now = Date.now();
  const body = der.sequence(
    der.tagged(0, der.integer(Buffer.from([2]))),
    der.integer(serial()),
    ECDSA_WITH_SHA256,
    subject,
    der.sequence(der.time(new Date(now - DAY)), der.time(new Date(now + LIFETIME_DAYS * DAY))),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der.tagged(3, der.sequence(der.sequence(ALTERNATIVE_NAMES, der.octetString(names)))),
  );
  const signature = sign('sha256', body, privateKey);
  const whole = der.sequence(body, ECDSA_WITH_SHA256, der.bitString(signature));
  return {
    cert: pem('CERTIFICATE', whole),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** Positive and without leading zeros. */
function serial(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
