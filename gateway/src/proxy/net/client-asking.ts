import type { ClientCertificates, Listen, TlsSettings } from '../../settings/node-settings.ts';

const strength = { off: 0, optional: 1, required: 2 } as const satisfies Record<
  ClientCertificates,
  number
>;

/** Which clients are asked for a certificate: by the server that they ask for, or where they come in. */
export class ClientAsking {
  /** The nearest first. */
  readonly #byName: readonly NameAsking[];
  readonly #otherwise: ClientCertificates;

  constructor(settings: Pick<TlsSettings, 'clientCertificates' | 'clientCertificatesByName'>) {
    const named = settings.clientCertificatesByName.map((one) => new NameAsking(...one));
    this.#byName = named.sort((a, b) => b.weight - a.weight);
    this.#otherwise = settings.clientCertificates;
  }

  /**
   * @param listen where the client came in
   * @param name of the server that it asks for, in lower case; empty for none
   */
  of(listen: Listen, name: string): ClientCertificates {
    const plain = name.endsWith('.') ? name.slice(0, -1) : name;
    const said = this.#byName.find((one) => one.isFor(plain));
    return said?.asking ?? listen.clientCertificates ?? this.#otherwise;
  }

  /**
   * Whether a request names a host that asks for more than its connection was asked for: a client may
   * say one name in its handshake and another one in its requests. A name that asks for less than the
   * listener opens the listener for itself alone.
   *
   * @param listen where the client came in
   * @param host without a port, in lower case
   * @param asked of the connection
   */
  isEvadedBy(listen: Listen, host: string, asked: ClientCertificates): boolean {
    return this.#byName.length > 0 && strength[this.of(listen, host)] > strength[asked];
  }
}

/**
 * What is said of a server name. A star at one end of it stands for any number of labels, as it does
 * in the hosts and server names of routes: whom those let in is to be asked as well.
 */
class NameAsking {
  readonly asking: ClientCertificates;
  /** Of several that fit a name, the one with more of this is nearer. */
  readonly weight: number;
  readonly #start: string;
  readonly #end: string;
  readonly #hasStar: boolean;

  constructor(pattern: string, asking: ClientCertificates) {
    const [start = '', end] = pattern.split('*');
    this.asking = asking;
    this.#start = start;
    this.#end = end ?? '';
    this.#hasStar = end !== undefined;
    this.weight = this.#hasStar ? pattern.length : Number.MAX_SAFE_INTEGER;
  }

  isFor(name: string): boolean {
    if (!this.#hasStar) return name === this.#start;
    return name.startsWith(this.#start) && name.endsWith(this.#end);
  }
}
