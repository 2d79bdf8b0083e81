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
   * @param sni that it named, in lower case; empty for none
   */
  of(listen: Listen, sni: string): ClientCertificates {
    return nearest(this.#byName, sni) ?? listen.clientCertificates ?? this.#otherwise;
  }

  /**
   * Whether a request names a host that asks for more than its connection was asked for: a client may
   * say one name in its handshake and another one in its requests.
   *
   * @param host without a port, in lower case
   * @param asked of the connection
   */
  isEvadedBy(host: string, asked: ClientCertificates): boolean {
    if (this.#byName.size === 0) return false;
    const wanted = nearest(this.#byName, host.endsWith('.') ? host.slice(0, -1) : host);
    return wanted !== undefined && strength[wanted] > strength[asked];
  }
}
