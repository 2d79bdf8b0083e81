import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import type { TlsSettings } from '../../settings/node-settings.ts';

/** Of TLS 1.3; all of them are safe. */
const newest = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];

/** Of TLS 1.2: only those with forward secrecy that authenticate what they encrypt. */
const older = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
];

/** The first holds against quantum computers as well. */
const curves = 'X25519MLKEM768:X25519:prime256v1:secp384r1';

/** Ciphers, curves, versions and sessions as the settings want them. Clients choose among the ciphers. */
export function profileOf(settings: TlsSettings): SecureContextOptions {
  const { cipherSuite, minVersion, maxVersion, sessionTickets, sessionTimeout } = settings;
  const ciphers = cipherSuite === 'modern' ? newest : [...newest, ...older];
  const noTickets = sessionTickets ? 0 : constants.SSL_OP_NO_TICKET;
  return {
    ciphers: ciphers.join(':'),
    ecdhCurve: curves,
    minVersion,
    maxVersion,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | noTickets,
    sessionTimeout: Math.floor(sessionTimeout / 1000),
  };
}
