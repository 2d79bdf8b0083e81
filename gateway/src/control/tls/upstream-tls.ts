import type { NodeSettings } from '../../settings/node-settings.ts';
import type { UpstreamMaterial } from '../../snapshot/messages.ts';
import type { GatewayLog } from '../gateway-log.ts';
import { asOperatorError } from './certificate-set.ts';
import { readPair, type LoadedPair } from './key-pairs.ts';
import { certificatesIn } from './pem-certificates.ts';
import { Watched } from './watched.ts';

/** What the node is told, by files, of whom to trust among upstreams, and what to show them. */
export class UpstreamTls {
  readonly #authorities: Watched<string[]> | null;
  readonly #certificate: Watched<LoadedPair> | null;

  /**
   * @param onMaterial called when threads are to use something else
   * @throws OperatorError when a file is no good
   */
  constructor(
    { authorities, certificate }: NodeSettings['upstreamTls'],
    onMaterial: (material: UpstreamMaterial) => void,
    log: GatewayLog,
  ) {
    const changed = (): void => onMaterial(this.material);
    this.#authorities = named('--upstream-ca', () =>
      authorities === null
        ? null
        : new Watched([authorities], () => certificatesIn(authorities), changed, log),
    );
    this.#certificate = named('--upstream-cert', () => {
      if (certificate === null) return null;
      const { cert, key } = certificate;
      return new Watched([cert, key], () => readPair(certificate), changed, log);
    });
  }

  /** What threads are to use now. */
  get material(): UpstreamMaterial {
    const pair = this.#certificate?.value ?? null;
    return {
      authorities: this.#authorities?.value ?? null,
      certificate: pair === null ? null : { cert: pair.cert, key: pair.key },
    };
  }

  close(): void {
    this.#authorities?.close();
    this.#certificate?.close();
  }
}

/** Says in errors which setting named the file. */
function named<T>(option: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw asOperatorError(error, option);
  }
}
