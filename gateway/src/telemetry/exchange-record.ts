/** Who or what ended a WebSocket: one of its ends, a limit, or the gateway's own coming and going. */
export type WebSocketEnd = 'client' | 'upstream' | 'idle' | 'lifetime' | 'reload' | 'shutdown';

/** What is known of a WebSocket when it is closed. */
export interface WebSocketRecord {
  /** Whole messages that came from the client and that were sent to it. */
  readonly messagesIn: number;
  readonly messagesOut: number;
  /** Code of the first Close frame; 0 when the connection ended without one. */
  readonly closeCode: number;
  readonly endedBy: WebSocketEnd;
}

/** What a client's handshake agreed on. */
export interface HandshakeRecord {
  readonly version: string;
  readonly cipher: string;
  /** Null when it showed no certificate, or was not asked for one. */
  readonly clientVerified: boolean | null;
  readonly clientCertificate: { readonly subject: string } | null;
}

/** Kept for each consumer by whoever tells of its requests. */
export interface ConsumerMemo {
  /** Cells that its last request was counted in; whoever counts knows what they are. */
  series: object | null;
}

/**
 * What is known of an exchange when its last byte was sent; the access line and the metrics are
 * made from it. Times are ms with a fraction from a monotonic clock unless said otherwise; -1 is
 * «did not happen».
 */
export interface ExchangeRecord {
  readonly id: string;
  readonly revision: number;
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly clientIp: string;
  readonly clientPort: number;
  readonly method: string;
  readonly scheme: string;
  /** What the client's handshake agreed on; null without TLS. The same object for all of a connection. */
  readonly tls: (HandshakeRecord & { readonly sni: string }) | null;
  readonly hostHeader: string;
  /** Path as received, without query. Queries may carry credentials and are not logged. */
  readonly rawPath: string;
  readonly httpVersion: string;
  readonly status: number;
  /** How a call of gRPC ended, 0 to 16; -1 for what is none, or did not get as far. */
  readonly grpcStatus: number;
  readonly routeId: string | null;
  readonly routeName: string | null;
  readonly serviceId: string | null;
  readonly serviceName: string | null;
  readonly consumerId: string | null;
  readonly consumerName: string | null;
  readonly credentialId: string | null;
  /** The same for every request of the consumer; null where there is nobody to keep something for. */
  readonly consumerMemo: ConsumerMemo | null;
  /** `upstream`, or `gateway` when the answer is our own. */
  readonly source: 'upstream' | 'gateway';
  /** Why the gateway answered itself: a short code such as `no_route` or `plugin:key-auth`. */
  readonly reason: string | null;
  /** Bytes received and sent on the client's side, heads included. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** From the first byte of the request to the last byte of the response. */
  readonly totalMs: number;
  /** From the request being sent upstream to the last byte of the response coming back. */
  readonly upstreamMs: number;
  /** What the gateway itself took: total minus waiting for upstream and client. */
  readonly gatewayMs: number;
  /** Attempts on upstream targets. */
  readonly tries: number;
  /** `host:port` of the last target tried. */
  readonly upstreamAddress: string | null;
  readonly upstreamStatus: number;
  /** The client went away, or the upstream was cut short. */
  readonly aborted: 'client' | 'upstream' | null;
  /** Null where the exchange did not become one. */
  readonly webSocket: WebSocketRecord | null;
}
