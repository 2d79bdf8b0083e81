import type { X509Certificate } from 'node:crypto';

/** Whom a certificate names. */
export interface Subject {
  /** Alternative names, then the common name: the nearest first. */
  readonly names: readonly string[];
  readonly commonName: string | null;
  /** As one line, the widest part first: `C=DE, O=Shop, CN=till 7`. */
  readonly distinguishedName: string;
  /** As OpenSSL writes it: `DNS:till7.shop.example, email:till7@shop.example`; empty for none. */
  readonly alternativeNames: string;
}

/** Kinds of alternative names that consumers may be called by. */
const NAMING = new Set(['DNS', 'email', 'URI', 'IP Address']);

/** Node puts a value in quotes, as in JSON, where it could be taken for more than one. */
const ALTERNATIVE = /([^:,]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g;

export function subjectOf(certificate: X509Certificate): Subject {
  const alternativeNames = certificate.subjectAltName ?? '';
  const { CN: common } = certificate.toLegacyObject().subject as { CN?: string | string[] };
  const commonNames = [common ?? []].flat();
  return {
    names: [...namesIn(alternativeNames), ...commonNames].filter((name) => name !== ''),
    commonName: commonNames.at(-1) ?? null,
    distinguishedName: certificate.subject?.split('\n').join(', ') ?? '',
    alternativeNames,
  };
}

/** @param text as OpenSSL writes alternative names */
export function namesIn(text: string): string[] {
  const names: string[] = [];
  for (const [, kind = '', value = ''] of text.matchAll(ALTERNATIVE)) {
    if (NAMING.has(kind)) names.push(value.startsWith('"') ? String(JSON.parse(value)) : value);
  }
  return names;
}
