/** What one node of the gateway is told at start, resolved from flags, environment and defaults. */

export interface Address {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** One listening socket and what is spoken on it. */
export interface Listen {
  readonly address: Address | { readonly path: string };
  /** TLS. */
  readonly ssl: boolean;
  /** HTTP/2 as well: by ALPN with TLS, by prior knowledge without. */
  readonly http2: boolean;
  /** Connections of trusted peers begin with a header of the PROXY protocol. */
  readonly proxyProtocol: boolean;
  /** An IPv6 address that does not take IPv4 as well. */
  readonly ipv6Only: boolean;
  /** The system looks after connections on which nothing happens. */
  readonly keepAlive: boolean;
  /** Whether clients with TLS are asked for a certificate; null: as the node's settings say. */
  readonly clientCertificates: ClientCertificates | null;
  /** Connections that the system holds until the gateway takes them. */
  readonly backlog: number;
}

/** Whether clients are asked for a certificate, and whether they must show one. */
export type ClientCertificates = 'off' | 'optional' | 'required';

/** Paths of a certificate and its key, PEM. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

export interface TlsSettings {
  /** Shown to clients that name no server, or one that no SNI fits; one for each type of key. */
  readonly certificates: readonly CertificateFiles[];
  /** Those of the Admin API and the status listener; empty: the same as for clients. */
  readonly adminCertificates: readonly CertificateFiles[];
  readonly statusCertificates: readonly CertificateFiles[];
  readonly cipherSuite: 'modern' | 'intermediate';
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3';
  /** Whether clients may resume sessions. */
  readonly sessionTickets: boolean;
  /** How long they may, ms. */
  readonly sessionTimeout: number;
  /** A file with a secret from which nodes derive the same keys for tickets; null: each its own. */
  readonly ticketSecret: string | null;
  /** A handshake must be complete this long after the connection, ms. */
  readonly handshakeTimeout: number;
  /** Handshakes that one thread has under way at once. */
  readonly maxHandshakes: number;
  /** Whether clients are asked for a certificate where nothing else is said. */
  readonly clientCertificates: ClientCertificates;
  /** The same for those that ask for certain names: `a.example`, `*.example`, `example.*`. */
  readonly clientCertificatesByName: readonly (readonly [string, ClientCertificates])[];
  /** A file with the authorities of clients' certificates, or null. */
  readonly clientAuthorities: string | null;
}

export interface Limits {
  /** Longest request line, bytes. */
  readonly requestLine: number;
  /** Longest head (request line and fields together), bytes. */
  readonly head: number;
  /** Longest single field line, bytes. */
  readonly field: number;
  /** Most fields in a head. */
  readonly fields: number;
  /** Status for a head that is too large: 431, or 400 as Kong answers. */
  readonly headStatus: 431 | 400;
  /** Longest request body, bytes; 0 is unlimited. */
  readonly body: number;
}

export interface Timeouts {
  /** A head must have arrived this long after its first byte, ms. */
  readonly head: number;
  /** A client connection may rest between requests this long, ms. */
  readonly idle: number;
  /** Longest pause between two pieces of a request body, ms. */
  readonly body: number;
  /** Longest time in which a client takes nothing of a response that waits for it, ms. */
  readonly send: number;
}

/** HTTP/2 towards clients. */
export interface Http2Settings {
  /** Requests under way on one connection. */
  readonly maxStreams: number;
  /** Bytes of bodies that may be ahead, on one stream and on all of a connection. */
  readonly streamWindow: number;
  readonly connectionWindow: number;
  /** Streams that may be cancelled, and frames that may bring nothing, within ten seconds. */
  readonly maxResets: number;
  readonly maxIdleFrames: number;
  /** CONTINUATION frames of one head. */
  readonly maxContinuations: number;
}

/** Which response headers the gateway adds; Kong's `headers` setting. */
export interface ResponseHeaders {
  readonly server: boolean;
  readonly via: boolean;
  readonly upstreamLatency: boolean;
  readonly proxyLatency: boolean;
  readonly responseLatency: boolean;
  readonly upstreamStatus: boolean;
  readonly requestId: boolean;
}

/** A PostgreSQL database and how to use it. */
export interface DatabaseSettings {
  /** `postgres://…`; may hold a password. */
  readonly url: string;
  /** Most connections at once. */
  readonly poolSize: number;
}

/** How long WebSockets may be open. */
export interface WebSocketSettings {
  /** Without anything passing, ms; 0 is what the service says. */
  readonly idleTimeout: number;
  /** At all, ms; 0 is for ever. */
  readonly lifetime: number;
}

export interface AdminSettings {
  /** Empty: there is no Admin API. */
  readonly listen: readonly Listen[];
  /** Whether a token is asked for. */
  readonly auth: boolean;
  /** A file that holds the first token, or null. */
  readonly tokenFile: string | null;
  /** Origins whose scripts may use it. */
  readonly corsOrigins: readonly string[];
}

export interface NodeSettings {
  /** Path of the declarative file; null when the configuration lives in a store. */
  readonly config: string | null;
  /** The node's own directory. */
  readonly data: string;
  /** Null: the store is a file in `data`. */
  readonly database: DatabaseSettings | null;
  readonly allowUnsupportedPlugins: boolean;
  readonly admin: AdminSettings;
  readonly proxyListen: readonly Listen[];
  /** Where streams (TCP, TLS) are taken. */
  readonly streamListen: readonly Listen[];
  readonly statusListen: readonly Listen[];
  readonly tls: TlsSettings;
  /** Proxy threads. */
  readonly workers: number;
  /** `stdout`, `off`, or a file path. */
  readonly accessLog: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** CIDR blocks whose forwarded headers are believed. */
  readonly trustedIps: readonly string[];
  /** Lower-case name of the field that carries the client's address. */
  readonly realIpHeader: string;
  readonly realIpRecursive: boolean;
  /** How long requests may take to end at shutdown, ms. */
  readonly drainTimeout: number;
  readonly watch: boolean;
  /** What routes are written in. */
  readonly routerFlavor: 'traditional_compatible' | 'expressions';
  readonly headerNames: 'sluice' | 'kong';
  readonly responseHeaders: ResponseHeaders;
  /** Whether the request id goes to the upstream; Kong's `headers_upstream`. */
  readonly requestIdUpstream: boolean;
  readonly allowDebugHeader: boolean;
  readonly limits: Limits;
  /** Most bytes of bodies that plugins of a thread hold at the same time. */
  readonly heldBodies: number;
  readonly timeouts: Timeouts;
  readonly http2: Http2Settings;
  readonly webSocket: WebSocketSettings;
  readonly upstreamKeepalive: {
    /** Idle connections kept per thread and upstream address. */
    readonly poolSize: number;
    /** Requests after which a connection is retired; 0 is never. */
    readonly maxRequests: number;
    /** ms */
    readonly idleTimeout: number;
  };
  readonly upstreamTls: {
    /** Whether upstreams have to prove who they are where the service does not say so. */
    readonly verify: boolean;
    /** A file with the authorities that are believed; null for those of the system. */
    readonly authorities: string | null;
    /** What is shown to upstreams that ask; null for nothing. */
    readonly certificate: CertificateFiles | null;
  };
  readonly upstreamHttp2: {
    /** Services of `https` may choose it. */
    readonly offered: boolean;
    /** How long an upstream may be silent before it is asked for a sign of life, ms. */
    readonly pingInterval: number;
  };
  /** Version of the PROXY protocol that a service is spoken to with, by `host` or `host:port`. */
  readonly upstreamProxyProtocol: Readonly<Record<string, 1 | 2>>;
  /** Most time series per metric family; further ones are counted under `overflow`. */
  readonly metricsMaxSeries: number;
  /** Heap limits of a proxy thread, MiB. */
  readonly threadHeap: { readonly old: number; readonly young: number };
  /** Slots of the shared table of rate-limit counters. */
  readonly counterSlots: number;
}
