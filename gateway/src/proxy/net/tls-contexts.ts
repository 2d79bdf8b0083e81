import { createHash } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { TlsSettings } from '../../settings/node-settings.ts';
import type { KeyPair, TlsMaterial } from '../../snapshot/messages.ts';
import type { CertificateRecord } from '../../snapshot/records.ts';
import { choosePair, keyTypeOf } from './key-choice.ts';
import { profileOf } from './tls-profile.ts';

/** Of what OpenSSL takes to tell sessions apart, bytes. */
const LONGEST_SESSION_CONTEXT = 32;

interface Made {
  readonly keyType: string;
  readonly context: SecureContext;
}

/**
 * The secure contexts of a thread, made when a handshake first needs them. They are made anew when
 * the keys of tickets change; connections keep the one that they began with.
 */
export class TlsContexts {
  readonly #settings: TlsSettings;
  readonly #onProblem: (message: string) => void;
  #material: TlsMaterial;
  #fallback: SecureContext | null = null;
  #made = new WeakMap<CertificateRecord, readonly Made[]>();
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

  of(certificate: CertificateRecord, algorithms: () => readonly string[]): SecureContext | null {
    const made = this.#allOf(certificate);
    if (made.length < 2) return made[0]?.context ?? null;
    return choosePair(made, algorithms())?.context ?? null;
  }

  /** One for each key; none when the certificate cannot be used. */
  #allOf(certificate: CertificateRecord): readonly Made[] {
    let made = this.#made.get(certificate);
    if (made === undefined) {
      if (this.#useless.has(certificate)) return [];
      try {
        made = pairsOf(certificate).map((pair) => ({
          keyType: keyTypeOf(pair),
          context: this.#make([pair]),
        }));
      } catch (error) {
        this.#useless.add(certificate);
        this.#onProblem(
          `certificate ${certificate.id} cannot be used, another is shown in its place: ${(error as Error).message}`,
        );
        return [];
      }
      this.#made.set(certificate, made);
    }
    return made;
  }

  #make(pairs: readonly KeyPair[]): SecureContext {
    const { ticketKey, clientAuthorities } = this.#material;
    return createSecureContext({
      ...profileOf(this.#settings),
      sessionIdContext: sessionContext(clientAuthorities),
      cert: pairs.map(({ cert }) => cert),
      key: pairs.map(({ key }) => key),
      // Without any the system's would vouch for clients.
      ca: clientAuthorities ?? [],
      ...(ticketKey === null ? {} : { ticketKeys: Buffer.from(ticketKey) }),
    });
  }
}

/** A client that other authorities vouched for does not go on with its session. */
function sessionContext(clientAuthorities: string | null): string {
  return createHash('sha256')
    .update(clientAuthorities ?? '')
    .digest('base64url')
    .slice(0, LONGEST_SESSION_CONTEXT);
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
