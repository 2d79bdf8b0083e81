import type { NodeSettings } from '../../settings/node-settings.ts';
import type { UpstreamMaterial } from '../../snapshot/messages.ts';
import type { GatewayLog } from '../gateway-log.ts';
import { Authorities } from './authorities.ts';
import { followCertificates, type CertificateSet } from './certificate-set.ts';
import type { CertificateStatus } from './certificate-status.ts';
import { statusOf } from './key-pairs.ts';

/** What the node is told, by files, of whom to trust among upstreams, and what to show them. */
export class UpstreamTls {
  readonly #authorities: Authorities | null;
  readonly #certificate: CertificateSet | null;

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
    this.#authorities =
      authorities === null
        ? null
        : new Authorities(authorities, '--upstream-ca', 'upstream_authorities', changed, log);
    this.#certificate =
      certificate === null
        ? null
        : followCertificates([certificate], '--upstream-cert', changed, log);
  }

  /** What threads are to use now. */
  get material(): UpstreamMaterial {
    const pair = this.#certificate?.pairs[0] ?? null;
    return {
      authorities: this.#authorities?.pems ?? null,
      certificate: pair === null ? null : { cert: pair.cert, key: pair.key },
    };
  }

  get status(): CertificateStatus[] {
    const shown = this.#certificate;
    return [
      ...(shown?.pairs.map((pair) => statusOf('upstream', pair, shown.problem)) ?? []),
      ...(this.#authorities?.status ?? []),
    ];
  }

  close(): void {
    this.#authorities?.close();
    this.#certificate?.close();
  }
}
