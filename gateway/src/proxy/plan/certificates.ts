import type { SecureContext } from 'node:tls';
import type { CaCertificateRecord, CertificateRecord, SniRecord } from '../../snapshot/records.ts';
import { nearest } from '../net/nearest-name.ts';
import type { ClientTrust, SecureContexts } from '../net/tls-contexts.ts';
import type { PersistentMap } from '../../snapshot/persistent-map.ts';
import type { CertificateSource } from '../upstream/transports.ts';
import type { Compiled } from './compiled.ts';
import type { Staged } from './staged-changes.ts';

/** The contexts of a thread. */
export interface AllSecureContexts extends SecureContexts {
  /** Of handshakes in which clients are asked for a certificate of these authorities. */
  asking(trust: ClientTrust): SecureContexts;
}

/** The certificates, server names and authorities of one configuration. */
export class CertificateDirectory {
  readonly #compiled: Pick<Compiled, 'certificates' | 'snisByName' | 'caCertificates'>;
  readonly #contexts: AllSecureContexts;
  #hasAlternatives: boolean | null = null;

  constructor(
    compiled: Pick<Compiled, 'certificates' | 'snisByName' | 'caCertificates'>,
    contexts: AllSecureContexts,
  ) {
    this.#compiled = compiled;
    this.#contexts = contexts;
  }

  /**
   * What to shake hands with once a client has named a server. A name leads to the certificate of the
   * SNI that is nearest: the name itself, `*.example.com`, `example.*`, `*`.
   *
   * Where there is none that can be used, the node's own is shown.
   *
   * @param algorithms by which the client takes signatures
   * @param trust whom the client is asked for a certificate of; null for nobody but the node's own
   */
  secureContextFor(
    sni: string,
    algorithms: () => readonly string[],
    trust: ClientTrust | null = null,
  ): SecureContext {
    const contexts = trust === null ? this.#contexts : this.#contexts.asking(trust);
    const certificate = this.certificateFor(sni);
    if (certificate === undefined) return contexts.fallback;
    return contexts.of(certificate, algorithms) ?? contexts.fallback;
  }

  /** The certificate that the configuration has for a name. */
  certificateFor(sni: string): CertificateRecord | undefined {
    const { snisByName, certificates } = this.#compiled;
    const found = nearest(snisByName, sni.toLowerCase());
    return found === undefined ? undefined : certificates.get(found.certificate);
  }

  /** Whether some certificate has another one beside it, of another kind. */
  get hasAlternatives(): boolean {
    return (this.#hasAlternatives ??= this.#findAlternatives());
  }

  #findAlternatives(): boolean {
    for (const piece of this.#compiled.certificates.pieces()) {
      for (const { cert_alt } of piece.values()) if (cert_alt !== undefined) return true;
    }
    return false;
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
