import { createSecureContext, type SecureContext } from 'node:tls';
import type { TlsSettings } from '../../settings/node-settings.ts';
import type { KeyPair, TlsMaterial } from '../../snapshot/messages.ts';
import type { CertificateRecord } from '../../snapshot/records.ts';
import { profileOf } from './tls-profile.ts';

/**
 * The secure contexts of a thread, made when a handshake first needs them. They are made anew when
 * the keys of tickets change; connections keep the one that they began with.
 */
export class TlsContexts {
  readonly #settings: TlsSettings;
  readonly #onProblem: (message: string) => void;
  #material: TlsMaterial;
  #fallback: SecureContext | null = null;
  #made = new WeakMap<CertificateRecord, SecureContext>();
  /** Those that cannot be used, so that each is told of once. */
  readonly #useless = new WeakSet<CertificateRecord>();

  constructor(settings: TlsSettings, material: TlsMaterial, onProblem: (message: string) => void) {
    this.#settings = settings;
    this.#material = material;
    this.#onProblem = onProblem;
  }

  /** Takes other certificates and keys for handshakes from now on. */
  use(material: TlsMaterial): void {
    this.#material = material;
    this.#fallback = null;
    this.#made = new WeakMap();
  }

  get fallback(): SecureContext {
    return (this.#fallback ??= this.#make(this.#material.defaults));
  }

  of(certificate: CertificateRecord): SecureContext | null {
    let context = this.#made.get(certificate);
    if (context === undefined) {
      if (this.#useless.has(certificate)) return null;
      try {
        context = this.#make(pairsOf(certificate));
      } catch (error) {
        this.#useless.add(certificate);
        this.#onProblem(
          `certificate ${certificate.id} cannot be used, another is shown in its place: ${(error as Error).message}`,
        );
        return null;
      }
      this.#made.set(certificate, context);
    }
    return context;
  }

  #make(pairs: readonly KeyPair[]): SecureContext {
    const { ticketKey, clientAuthorities } = this.#material;
    return createSecureContext({
      ...profileOf(this.#settings),
      cert: pairs.map(({ cert }) => cert),
      key: pairs.map(({ key }) => key),
      // Without any the system's would vouch for clients.
      ...(this.#settings.clientCertificates === 'off' ? {} : { ca: clientAuthorities ?? [] }),
      ...(ticketKey === null ? {} : { ticketKeys: Buffer.from(ticketKey) }),
    });
  }
}

/** Makes a context of nothing but a certificate. @throws Error when it cannot be used */
export function contextOf(certificate: CertificateRecord): SecureContext {
  const pairs = pairsOf(certificate);
  return createSecureContext({
    cert: pairs.map(({ cert }) => cert),
    key: pairs.map(({ key }) => key),
  });
}

function pairsOf({ cert, key, cert_alt, key_alt }: CertificateRecord): KeyPair[] {
  const main = { cert, key };
  return cert_alt === undefined || key_alt === undefined
    ? [main]
    : [main, { cert: cert_alt, key: key_alt }];
}
