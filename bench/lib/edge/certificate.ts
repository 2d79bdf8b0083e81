import { join } from 'node:path';
import type { Session } from '../session.ts';

/** Types of keys that are in use, by how OpenSSL is asked for them. */
const KEYS = {
  ecdsa: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  rsa: ['-newkey', 'rsa:2048'],
} as const;

export type KeyType = keyof typeof KEYS;

export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** Makes a certificate that nobody trusts. */
export async function makeCertificate(session: Session, type: KeyType): Promise<CertificateFiles> {
  const folder = session.folder(`certificate-${type}`);
  const files = { cert: join(folder, 'server.crt'), key: join(folder, 'server.key') };
  await session.run({
    name: 'openssl req',
    command: 'openssl',
    args: [
      ...['req', '-x509', ...KEYS[type], '-nodes', '-days', '2', '-subj', '/CN=bench.test'],
      ...['-keyout', files.key, '-out', files.cert],
    ],
  });
  return files;
}
