import type { NodeSettings } from '../../settings/node-settings.ts';
import type { ServiceRecord, UpstreamRecord } from '../../snapshot/records.ts';
import type { ProxyVersion } from './proxy-header.ts';
import { TlsClient } from './tls/tls-client.ts';
import { termsKey, type ClientCertificate, type TlsTerms } from './tls/tls-terms.ts';
import { Transport, type TransportOptions } from './transport.ts';
import type { Trust } from './tls/trust.ts';

/** Where the certificates are that services refer to by id. */
export interface CertificateSource {
  /** Those that can be shown, one for each type of key; none for an id that leads nowhere. */
  pairs(id: string): readonly ClientCertificate[];
  /** Authorities in PEM. */
  caBundle(ids: readonly string[]): readonly string[];
}

type Settings = Pick<NodeSettings, 'upstreamTls' | 'upstreamHttp2' | 'upstreamProxyProtocol'>;

const TLS_PROTOCOLS: ReadonlySet<string> = new Set(['https', 'grpcs', 'tls']);
const GRPC_PROTOCOLS: ReadonlySet<string> = new Set(['grpc', 'grpcs']);

/** How services are spoken to, in this thread. What is the same for several is there once. */
export class Transports {
  readonly #settings: Settings;
  readonly #trust: Trust;
  readonly #transports = new Map<string, Transport>();

  constructor(settings: Settings, trust: Trust) {
    this.#settings = settings;
    this.#trust = trust;
  }

  /**
   * @returns null for a service that is spoken to in plain HTTP/1.1
   * @throws Error when a certificate that is to be shown cannot be used
   */
  of(
    service: ServiceRecord,
    upstream: UpstreamRecord | null,
    certificates: CertificateSource,
  ): Transport | null {
    const terms = this.#termsOf(service, upstream, certificates);
    const http2 = this.#http2Of(service);
    const proxyVersion = this.#proxyVersionOf(service);
    if (terms === null && http2 === 'never' && proxyVersion === 0) return null;
    const key = `${terms === null ? 'plain' : termsKey(terms)} ${http2} ${proxyVersion}`;
    let transport = this.#transports.get(key);
    if (transport === undefined) {
      transport = this.#make(key, terms, http2, proxyVersion);
      this.#transports.set(key, transport);
    }
    return transport;
  }

  #make(
    key: string,
    terms: TlsTerms | null,
    http2: TransportOptions['http2'],
    proxyVersion: ProxyVersion,
  ): Transport {
    const tls = terms === null ? null : new TlsClient(terms, this.#trust);
    // Now, so that what cannot be used is found out before anybody is served with it.
    void tls?.context;
    return new Transport({ tls, http2, proxyVersion }, () => this.#transports.delete(key));
  }

  #termsOf(
    service: ServiceRecord,
    upstream: UpstreamRecord | null,
    certificates: CertificateSource,
  ): TlsTerms | null {
    if (!TLS_PROTOCOLS.has(service.protocol)) return null;
    const shown = service.client_certificate ?? upstream?.client_certificate;
    const authorities = service.ca_certificates;
    return {
      verify: service.tls_verify ?? this.#settings.upstreamTls.verify,
      depth: service.tls_verify_depth ?? null,
      authorities: authorities === undefined ? null : certificates.caBundle(authorities),
      certificates: shown === undefined ? [] : certificates.pairs(shown),
    };
  }

  #http2Of({ protocol }: ServiceRecord): TransportOptions['http2'] {
    if (GRPC_PROTOCOLS.has(protocol)) return 'always';
    return protocol === 'https' && this.#settings.upstreamHttp2.offered ? 'offered' : 'never';
  }

  #proxyVersionOf({ host, port }: ServiceRecord): ProxyVersion {
    const versions = this.#settings.upstreamProxyProtocol;
    const name = host.toLowerCase();
    return versions[`${name}:${port}`] ?? versions[name] ?? 0;
  }

  /** Connections that were made with another certificate, or on the word of others, are closed. */
  renew(): void {
    for (const transport of this.#transports.values()) transport.renew();
  }
}
