import type { SecureContext } from 'node:tls';
import type { CaCertificateRecord, CertificateRecord, SniRecord } from '../../snapshot/records.ts';
import type { PersistentMap } from '../persistent-map.ts';
import type { CertificateSource } from '../upstream/transports.ts';
import type { Compiled } from './compiled.ts';
import type { Staged } from './staged-changes.ts';

/** Makes what a handshake needs of a certificate, and remembers it. */
export interface SecureContexts {
  /** Null when the certificate cannot be used. */
  of(certificate: CertificateRecord): SecureContext | null;
  /** Of the certificates that the node was given at its start. */
  readonly fallback: SecureContext;
}

/** The certificates, server names and authorities of one configuration. */
export class CertificateDirectory {
  readonly #compiled: Pick<Compiled, 'certificates' | 'snisByName' | 'caCertificates'>;
  readonly #contexts: SecureContexts;

  constructor(
    compiled: Pick<Compiled, 'certificates' | 'snisByName' | 'caCertificates'>,
    contexts: SecureContexts,
  ) {
    this.#compiled = compiled;
    this.#contexts = contexts;
  }

  /**
   * What to shake hands with. A name leads to the certificate of the SNI that is nearest: the name
   * itself, `*.example.com`, `example.*`, `*`; if there is none, to the node's own.
   *
   * @param sni that the client named; empty for none
   */
  secureContextFor(sni: string): SecureContext {
    const certificate = this.certificateFor(sni);
    if (certificate === undefined) return this.#contexts.fallback;
    return this.#contexts.of(certificate) ?? this.#contexts.fallback;
  }

  /** The certificate that the configuration has for a name. */
  certificateFor(sni: string): CertificateRecord | undefined {
    const { snisByName, certificates } = this.#compiled;
    const found = nearest(snisByName, sni.toLowerCase());
    return found === undefined ? undefined : certificates.get(found.certificate);
  }

  certificate(id: string): CertificateRecord | undefined {
    return this.#compiled.certificates.get(id);
  }

  /** Authorities in PEM. Those that the configuration does not hold are left out. */
  caBundle(ids: readonly string[]): string[] {
    return ids.flatMap((id) => this.#compiled.caCertificates.get(id)?.cert ?? []);
  }
}

/** What services refer to by id, for connections to their upstreams. */
export function certificateSource(
  certificates: PersistentMap<CertificateRecord>,
  authorities: PersistentMap<CaCertificateRecord>,
): CertificateSource {
  return {
    pairs(id) {
      const found = certificates.get(id);
      if (found === undefined) return [];
      const { cert, key, cert_alt, key_alt } = found;
      const main = { cert, key };
      if (cert_alt === undefined || key_alt === undefined) return [main];
      return [main, { cert: cert_alt, key: key_alt }];
    },
    caBundle: (ids) => ids.flatMap((id) => authorities.get(id)?.cert ?? []),
  };
}

function nearest(names: PersistentMap<SniRecord>, name: string): SniRecord | undefined {
  if (name !== '') {
    const exact = names.get(name);
    if (exact !== undefined) return exact;
    const first = name.indexOf('.');
    if (first !== -1) {
      const found =
        names.get(`*${name.slice(first)}`) ??
        names.get(`${name.slice(0, name.lastIndexOf('.'))}.*`);
      if (found !== undefined) return found;
    }
  }
  return names.get('*');
}

/** Server names by name, after the changes. A name may pass from one entity to another. */
export function* nextSniNames(
  previous: Pick<Compiled, 'snis' | 'snisByName'>,
  staged: Staged<SniRecord>,
): Generator<void, PersistentMap<SniRecord>, void> {
  const edit = previous.snisByName.edit();
  for (const id of staged.keys()) {
    const before = previous.snis.get(id);
    if (before !== undefined) edit.delete(before.name);
    yield;
  }
  for (const record of staged.values()) {
    if (record !== null) edit.set(record.name, record);
    yield;
  }
  return edit.done();
}
