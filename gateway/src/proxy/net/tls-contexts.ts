import { createHash } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { TlsSettings } from '../../settings/node-settings.ts';
import type { KeyPair, TlsMaterial } from '../../snapshot/messages.ts';
import type { CertificateRecord } from '../../snapshot/records.ts';
import { choosePair, keyTypeOf } from './key-choice.ts';
import { useTicketKeys } from './ticket-context.ts';
import { profileOf } from './tls-profile.ts';

/** Of what OpenSSL takes to tell sessions apart, bytes. */
const LONGEST_SESSION_CONTEXT = 32;

/** Makes what a handshake needs of a certificate, and remembers it. */
export interface SecureContexts {
  /**
   * Null when the certificate cannot be used.
   *
   * @param algorithms by which the client takes signatures
   */
  of(certificate: CertificateRecord, algorithms: () => readonly string[]): SecureContext | null;
  /** Of the certificates that the node was given at its start. */
  readonly fallback: SecureContext;
}

/** Authorities that may vouch for clients. The same object as long as nothing about them changes. */
export interface ClientTrust {
  /** PEM, one certificate each. */
  readonly authorities: readonly string[];
  /** Whether one that is no root may be the last of a chain. */
  readonly partial: boolean;
}

/**
 * The secure contexts of a thread, made when a handshake first needs them. They are made anew when
 * the keys of tickets change; connections keep the one that they began with.
 */
export class TlsContexts implements SecureContexts {
  readonly #settings: TlsSettings;
  readonly #onUseless: (certificate: CertificateRecord, error: Error) => void;
  #material: TlsMaterial;
  #own: ContextSet;
  #asking = new WeakMap<ClientTrust, ContextSet>();

  constructor(settings: TlsSettings, material: TlsMaterial, onProblem: (message: string) => void) {
    /** Those that cannot be used, so that each is told of once. */
    const useless = new WeakSet<CertificateRecord>();
    this.#settings = settings;
    this.#material = material;
    this.#onUseless = (certificate, error) => {
      if (useless.has(certificate)) return;
      useless.add(certificate);
      onProblem(
        `certificate ${certificate.id} cannot be used, another is shown in its place: ${error.message}`,
      );
    };
    this.#own = this.#set((pairs) => this.#make(pairs));
  }

  /** Takes other certificates and keys for handshakes from now on. */
  use(material: TlsMaterial): void {
    this.#material = material;
    this.#own = this.#set((pairs) => this.#make(pairs));
    this.#asking = new WeakMap();
  }

  get fallback(): SecureContext {
    return this.#own.fallback;
  }

  of(certificate: CertificateRecord, algorithms: () => readonly string[]): SecureContext | null {
    return this.#own.of(certificate, algorithms);
  }

  asking(trust: ClientTrust): SecureContexts {
    let set = this.#asking.get(trust);
    if (set === undefined) {
      set = this.#set((pairs) => this.#makeAsking(pairs, trust));
      this.#asking.set(trust, set);
    }
    return set;
  }

  #set(make: (pairs: readonly KeyPair[]) => SecureContext): ContextSet {
    return new ContextSet(this.#material.defaults, make, this.#onUseless);
  }

  #make(pairs: readonly KeyPair[]): SecureContext {
    const { ticketKeys, clientAuthorities } = this.#material;
    const context = createSecureContext({
      ...profileOf(this.#settings),
      ...shown(pairs),
      sessionIdContext: sessionContext(clientAuthorities),
      // Without any the system's would vouch for clients.
      ca: clientAuthorities ?? [],
    });
    if (ticketKeys !== null) useTicketKeys(context, ticketKeys);
    return context;
  }

  /**
   * A session keeps the certificate of a client without the chain that leads to an authority, so
   * where that matters to plugins there are none.
   */
  #makeAsking(pairs: readonly KeyPair[], { authorities, partial }: ClientTrust): SecureContext {
    return createSecureContext({
      ...profileOf({ ...this.#settings, sessionTickets: false }),
      ...shown(pairs),
      sessionIdContext: sessionContext(`plugins ${authorities.join()}`),
      ca: [...authorities],
      allowPartialTrustChain: partial,
    });
  }
}

interface Made {
  readonly keyType: string;
  readonly context: SecureContext;
}

/** Contexts that differ in nothing but the certificate that is shown. */
class ContextSet {
  readonly #defaults: readonly KeyPair[];
  readonly #make: (pairs: readonly KeyPair[]) => SecureContext;
  readonly #onUseless: (certificate: CertificateRecord, error: Error) => void;
  readonly #made = new WeakMap<CertificateRecord, readonly Made[]>();
  #fallback: SecureContext | null = null;

  constructor(
    defaults: readonly KeyPair[],
    make: (pairs: readonly KeyPair[]) => SecureContext,
    onUseless: (certificate: CertificateRecord, error: Error) => void,
  ) {
    this.#defaults = defaults;
    this.#make = make;
    this.#onUseless = onUseless;
  }

  get fallback(): SecureContext {
    return (this.#fallback ??= this.#make(this.#defaults));
  }

  of(certificate: CertificateRecord, algorithms: () => readonly string[]): SecureContext | null {
    const made = this.#allOf(certificate);
    if (made.length < 2) return made[0]?.context ?? null;
    return choosePair(made, algorithms())?.context ?? null;
  }

  /** One for each key; none when the certificate cannot be used. */
  #allOf(certificate: CertificateRecord): readonly Made[] {
    let made = this.#made.get(certificate);
    if (made !== undefined) return made;
    try {
      made = pairsOf(certificate).map((pair) => ({
        keyType: keyTypeOf(pair),
        context: this.#make([pair]),
      }));
    } catch (error) {
      made = [];
      this.#onUseless(certificate, error as Error);
    }
    this.#made.set(certificate, made);
    return made;
  }
}

function shown(pairs: readonly KeyPair[]): { cert: string[]; key: string[] } {
  return { cert: pairs.map(({ cert }) => cert), key: pairs.map(({ key }) => key) };
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
  return createSecureContext(shown(pairs));
}

function pairsOf({ cert, key, cert_alt, key_alt }: CertificateRecord): KeyPair[] {
  const main = { cert, key };
  return cert_alt === undefined || key_alt === undefined
    ? [main]
    : [main, { cert: cert_alt, key: key_alt }];
}
