import { createSecureContext, type DetailedPeerCertificate, type SecureContext } from 'node:tls';
import type { TlsSocket } from '../../net/tls-socket.ts';
import type { TlsTerms } from './tls-terms.ts';
import type { Trust } from './trust.ts';

/** Shakes hands with upstreams on certain terms. */
export class TlsClient {
  readonly terms: TlsTerms;
  readonly #trust: Trust;
  #context: SecureContext | null = null;
  #version = -1;

  constructor(terms: TlsTerms, trust: Trust) {
    this.terms = terms;
    this.#trust = trust;
  }

  /** @throws Error when a certificate cannot be used */
  get context(): SecureContext {
    if (this.#context !== null && this.#version === this.#trust.version) return this.#context;
    const { authorities, verify, certificates } = this.terms;
    if (verify && authorities === null) this.#trust.install();
    const own = this.#trust.certificate;
    const shown = certificates.length > 0 ? certificates : own === null ? [] : [own];
    const context = createSecureContext({
      minVersion: 'TLSv1.2',
      ...(authorities === null ? {} : { ca: [...authorities] }),
      ...(shown.length === 0
        ? {}
        : { cert: shown.map(({ cert }) => cert), key: shown.map(({ key }) => key) }),
    });
    this.#context = context;
    this.#version = this.#trust.version;
    return context;
  }

  /** What of the terms Node does not hold the upstream to. @returns null when they are met */
  objection(socket: TlsSocket): string | null {
    const { verify, depth } = this.terms;
    if (!verify || depth === null || socket.isSessionReused()) return null;
    const found = intermediates(socket.getPeerCertificate(true));
    if (found <= depth) return null;
    return `${found} intermediate certificates, and tls_verify_depth allows ${depth}`;
  }
}

/** How many certificates stand between that of the upstream and one that signed itself. */
function intermediates(leaf: DetailedPeerCertificate): number {
  let count = 0;
  let current = leaf;
  while (isSigned(current) && isSigned(current.issuerCertificate)) {
    current = current.issuerCertificate;
    count++;
  }
  return count;
}

/** Somebody else vouches for it. At the end of a chain stands one that names itself, or none. */
function isSigned(certificate: DetailedPeerCertificate | undefined): boolean {
  const issuer = certificate?.issuerCertificate;
  return issuer !== undefined && issuer !== certificate;
}
