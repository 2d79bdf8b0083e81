import type { SecureContextOptions } from 'node:tls';
import { profileOf } from '../../proxy/net/tls-profile.ts';
import type { NodeSettings } from '../../settings/node-settings.ts';
import type { TlsMaterial } from '../../snapshot/messages.ts';
import type { GatewayLog } from '../gateway-log.ts';
import type { CertificateStatus } from './certificate-status.ts';
import { Authorities } from './authorities.ts';
import { followCertificates, type CertificateSet } from './certificate-set.ts';
import { loadPair, statusOf, type LoadedPair } from './key-pairs.ts';
import { selfSigned } from './self-signed.ts';
import type { ServerCertificates } from './server-certificates.ts';
import { TicketKeys } from './ticket-keys.ts';

type Kind = 'proxy' | 'admin' | 'status';

const AUTHORITIES = '--client-certificate-authorities';
const NAME_OF_MADE = 'localhost';

/** Certificates and keys of this node that do not come with the configuration. */
export class NodeTls {
  readonly #settings: NodeSettings['tls'];
  readonly #log: GatewayLog;
  readonly #onMaterial: (material: TlsMaterial) => void;
  readonly #sets = new Map<Kind, CertificateSet>();
  readonly #tickets: TicketKeys | null;
  readonly #authorities: Authorities | null;
  readonly #listeners = new Set<() => void>();
  #made: LoadedPair | null = null;

  /**
   * @param onMaterial called when threads are to use something else
   * @throws OperatorError when a file is no good
   */
  constructor(
    { tls }: Pick<NodeSettings, 'tls'>,
    onMaterial: (material: TlsMaterial) => void,
    log: GatewayLog,
  ) {
    this.#settings = tls;
    this.#onMaterial = onMaterial;
    this.#log = log;
    const changed = (): void => this.#changed();
    this.#follow('proxy', '--ssl-cert', tls.certificates);
    this.#follow('admin', '--admin-ssl-cert', tls.adminCertificates);
    this.#follow('status', '--status-ssl-cert', tls.statusCertificates);
    this.#tickets = tls.sessionTickets ? new TicketKeys(tls.ticketSecret, changed, log) : null;
    const authorities = tls.clientAuthorities;
    this.#authorities =
      authorities === null
        ? null
        : new Authorities(authorities, AUTHORITIES, 'client_authorities', changed, log);
  }

  /** What threads are to use now. */
  get material(): TlsMaterial {
    return {
      defaults: this.#pairsOf('proxy').map(({ cert, key }) => ({ cert, key })),
      ticketKeys: this.#tickets?.current ?? null,
      clientAuthorities: this.#authorities?.pems.join('\n') ?? null,
    };
  }

  /** What a listener of this thread is to use. */
  server(kind: 'admin' | 'status'): ServerCertificates {
    const options = (): SecureContextOptions => {
      const pairs = this.#pairsOf(kind);
      const ticketKey = this.#tickets?.current[0];
      return {
        ...profileOf(this.#settings),
        // Sessions of one kind of server do not go on with another.
        sessionIdContext: `sluice ${kind}`,
        cert: pairs.map(({ cert }) => cert),
        key: pairs.map(({ key }) => key),
        ...(ticketKey === undefined ? {} : { ticketKeys: Buffer.from(ticketKey) }),
      };
    };
    return {
      get options() {
        return options();
      },
      onChange: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }

  get status(): CertificateStatus[] {
    const ofFiles = [...this.#sets].flatMap(([listener, { pairs, problem }]) =>
      pairs.map((pair) => statusOf(listener, pair, problem)),
    );
    return [
      ...ofFiles,
      ...(this.#made === null ? [] : [statusOf('proxy', this.#made, null)]),
      ...(this.#authorities?.status ?? []),
    ];
  }

  close(): void {
    for (const set of this.#sets.values()) set.close();
    this.#tickets?.close();
    this.#authorities?.close();
  }

  #follow(listener: Kind, option: string, files: NodeSettings['tls']['certificates']): void {
    if (files.length === 0) return;
    const changed = (): void => this.#changed();
    this.#sets.set(listener, followCertificates(files, option, changed, this.#log));
  }

  #pairsOf(listener: Kind): readonly LoadedPair[] {
    const set = this.#sets.get(listener) ?? this.#sets.get('proxy');
    return set?.pairs ?? [this.#makeOne()];
  }

  #makeOne(): LoadedPair {
    if (this.#made === null) {
      this.#made = loadPair(selfSigned(NAME_OF_MADE), 'made at the start');
      this.#log.warn(
        'no certificate was given with --ssl-cert: clients that no SNI fits are shown one that nobody trusts',
      );
    }
    return this.#made;
  }

  #changed(): void {
    this.#onMaterial(this.material);
    for (const listener of this.#listeners) listener();
  }
}
