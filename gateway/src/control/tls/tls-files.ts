import type { EntityTables } from '../../entities/tables.ts';
import type { NodeSettings } from '../../settings/node-settings.ts';
import type { ThreadSeed } from '../../snapshot/messages.ts';
import type { GatewayLog } from '../gateway-log.ts';
import type { BroadcastMessage } from '../threads/thread-slot.ts';
import { certificatesIn, type CertificateStatus } from './certificate-status.ts';
import { NodeTls } from './node-tls.ts';
import type { ServerCertificates } from './server-certificates.ts';
import { UpstreamTls } from './upstream-tls.ts';

/** All that a node is given in files for TLS: for clients, for upstreams and for its own listeners. */
export class TlsFiles {
  readonly #own: NodeTls;
  readonly #upstream: UpstreamTls;
  /** Whether proxy threads take TLS themselves. */
  readonly #threadsTakeTls: boolean;

  /**
   * @param send tells threads that are running of what has changed
   * @throws OperatorError when a file is no good
   */
  constructor(settings: NodeSettings, send: (message: BroadcastMessage) => void, log: GatewayLog) {
    this.#own = new NodeTls(settings, (tls) => send({ type: 'tls', tls }), log);
    try {
      this.#upstream = new UpstreamTls(
        settings.upstreamTls,
        (material) => send({ type: 'upstream-tls', material }),
        log,
      );
    } catch (error) {
      this.#own.close();
      throw error;
    }
    const listens = [...settings.proxyListen, ...settings.streamListen];
    this.#threadsTakeTls = listens.some(({ ssl }) => ssl);
  }

  /** What a thread that starts now is given. */
  get forThreads(): Pick<ThreadSeed, 'tls' | 'upstreamTls'> {
    return {
      tls: this.#threadsTakeTls ? this.#own.material : null,
      upstreamTls: this.#upstream.material,
    };
  }

  /** What a listener of the control thread shows. */
  server(listener: 'admin' | 'status'): ServerCertificates {
    return this.#own.server(listener);
  }

  /** @param tables what the node serves, where certificates are entities; null for nothing yet */
  certificates(tables: EntityTables | null): CertificateStatus[] {
    return [
      ...this.#own.status,
      ...this.#upstream.status,
      ...(tables !== null && this.#threadsTakeTls ? certificatesIn(tables) : []),
    ];
  }

  close(): void {
    this.#own.close();
    this.#upstream.close();
  }
}
