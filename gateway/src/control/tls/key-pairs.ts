import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { CertificateFiles } from '../../settings/node-settings.ts';
import type { KeyPair } from '../../snapshot/messages.ts';
import { namesOf, type CertificateStatus } from './certificate-status.ts';

/** A certificate that was read, and what is worth knowing about it. */
export interface LoadedPair extends KeyPair {
  /** Where it comes from, for operators: a path, or words. */
  readonly origin: string;
  /** The names that it is for, or its subject. */
  readonly names: string;
  /** `rsa`, `ec`, … */
  readonly keyType: string;
  /** When it ceases to be valid, ms since the epoch. */
  readonly expires: number;
}

/** What is wrong with a file, in words for the operator. */
export class FileProblem extends Error {}

/** @throws FileProblem when one of them cannot be read, is not what it should be, or they do not match */
export function readPair({ cert, key }: CertificateFiles): LoadedPair {
  return loadPair({ cert: textOf(cert), key: textOf(key) }, cert, key);
}

/**
 * @param origin of the certificate, for messages
 * @param keyOrigin of the key
 * @throws FileProblem
 */
export function loadPair({ cert, key }: KeyPair, origin: string, keyOrigin = origin): LoadedPair {
  const leaf = certificateOf(cert, origin);
  const secret = keyOf(key, keyOrigin);
  if (!leaf.checkPrivateKey(secret)) {
    throw new FileProblem(`the key in ${keyOrigin} is not that of the certificate in ${origin}`);
  }
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw new FileProblem(`${origin} cannot be used: ${(error as Error).message}`);
  }
  return {
    cert,
    key,
    origin,
    names: namesOf(leaf),
    keyType: leaf.publicKey.asymmetricKeyType ?? 'unknown',
    expires: leaf.validToDate.getTime(),
  };
}

/** @param problem why the files as they are now are not in use; null when they are */
export function statusOf(
  where: CertificateStatus['where'],
  { origin, names, keyType, expires }: LoadedPair,
  problem: string | null,
): CertificateStatus {
  return { where, source: origin, names, keyType, expires, problem };
}

/** @throws FileProblem when it cannot be read */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new FileProblem(
      `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    );
  }
}

/** The first certificate of a PEM text. @throws FileProblem */
export function certificateOf(pem: string, origin: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new FileProblem(`${origin} holds no certificate in PEM`);
  }
}

function keyOf(pem: string, origin: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    const encrypted = pem.includes('ENCRYPTED');
    throw new FileProblem(
      encrypted ? `the key in ${origin} is encrypted` : `${origin} holds no private key in PEM`,
    );
  }
}
