import type { X509Certificate } from 'node:crypto';

/** Longest chain that is followed. */
const MOST = 10;

/**
 * The way from a client's certificate to one of these authorities, over what came along with it and
 * over the authorities themselves. OpenSSL has verified the certificate against the authorities of all
 * plugins that its client was asked for; this finds out whether those of one plugin lead to it.
 *
 * @param partial whether the way may end at an authority that is no root
 * @returns the certificates on the way, the client's first; null where there is none
 */
export function trustedPath(
  certificate: X509Certificate,
  authorities: readonly X509Certificate[],
  partial: boolean,
): readonly X509Certificate[] | null {
  const path = [certificate];
  for (let last = certificate; path.length <= MOST; path.push(last)) {
    if (isOneOf(authorities, last) && (partial || issued(last, last))) return path;
    const issuer = authorities.find((authority) => authority !== last && issued(authority, last));
    const next = issuer ?? last.issuerCertificate;
    if (next === undefined || next === last || !issued(next, last)) return null;
    // What came along may be an ordinary certificate of somebody who signs with its key.
    if (issuer === undefined && !next.ca) return null;
    last = next;
  }
  return null;
}

/** When all certificates are valid, ms since the epoch. */
export function validity(path: readonly X509Certificate[]): {
  readonly from: number;
  readonly until: number;
} {
  return {
    from: Math.max(...path.map(({ validFrom }) => Date.parse(validFrom))),
    until: Math.min(...path.map(({ validTo }) => Date.parse(validTo))),
  };
}

function isOneOf(authorities: readonly X509Certificate[], certificate: X509Certificate): boolean {
  const { fingerprint256 } = certificate;
  return authorities.some((authority) => authority.fingerprint256 === fingerprint256);
}

function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
