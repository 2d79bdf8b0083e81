import type { ClientCertificates, Listen, TlsSettings } from '../../settings/node-settings.ts';
import { nearest } from './nearest-name.ts';

const strength = { off: 0, optional: 1, required: 2 } as const satisfies Record<
  ClientCertificates,
  number
>;

/** Which clients are asked for a certificate: by the server that they ask for, or where they come in. */
export class ClientAsking {
  readonly #byName: ReadonlyMap<string, ClientCertificates>;
  readonly #otherwise: ClientCertificates;

  constructor(settings: TlsSettings) {
    this.#byName = new Map(settings.clientCertificatesByName);
    this.#otherwise = settings.clientCertificates;
  }

  /**
   * @param listen where the client came in
   * @param name of the server that it asks for, in lower case; empty for none
   */
  of(listen: Listen, name: string): ClientCertificates {
    const plain = name.endsWith('.') ? name.slice(0, -1) : name;
    return nearest(this.#byName, plain) ?? listen.clientCertificates ?? this.#otherwise;
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
    return this.#byName.size > 0 && strength[this.of(listen, host)] > strength[asked];
  }
}
