import { hash } from 'node:crypto';
import type { CredentialInfo } from '../../plugin/plugin.ts';

const known = new WeakMap<CredentialInfo, string>();

/** Tells whether a credential is still what it was: a session ends when it is another. */
export function fingerprintOf(credential: CredentialInfo): string {
  let fingerprint = known.get(credential);
  if (fingerprint === undefined) {
    // Numbers are what a thread notes for itself; who and what a credential is are texts.
    const values = Object.entries(credential).filter(([, value]) => typeof value === 'string');
    values.sort(([a], [b]) => (a < b ? -1 : 1));
    fingerprint = hash('sha256', JSON.stringify(values), 'base64url').slice(0, 22);
    known.set(credential, fingerprint);
  }
  return fingerprint;
}
