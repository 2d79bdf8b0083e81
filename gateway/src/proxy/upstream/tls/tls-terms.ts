import { createHash } from 'node:crypto';

/** A certificate with its key, PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** What is asked of an upstream in a handshake, and what it is shown. */
export interface TlsTerms {
  /** The upstream must show a certificate that an authority vouches for, for the name it goes by. */
  readonly verify: boolean;
  /** Most intermediate certificates between the upstream's and the authority's; null for any number. */
  readonly depth: number | null;
  /** Authorities in PEM; null for those of the node. */
  readonly authorities: readonly string[] | null;
  /** Shown to upstreams that ask for one, the one that fits first; none for the node's. */
  readonly certificates: readonly ClientCertificate[];
}

/** Tells terms apart without giving away the keys in them. */
export function termsKey({ verify, depth, authorities, certificates }: TlsTerms): string {
  const material = JSON.stringify([authorities, certificates]);
  const digest = createHash('sha256').update(material).digest('base64url');
  return `${verify ? 'verified' : 'unverified'} ${depth ?? '-'} ${digest}`;
}
