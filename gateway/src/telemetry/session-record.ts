import type { HandshakeRecord } from './exchange-record.ts';

/** Why a stream ended: a short code for the access line and the metrics. */
export type SessionEnd =
  /** Both sides said all they had to. */
  | 'completed'
  | 'client_aborted'
  | 'upstream_aborted'
  | 'idle_timeout'
  | 'route_removed'
  | 'shutdown'
  /** Nothing passed: the codes are those of requests. A plugin that refused it is named. */
  | `plugin:${string}`
  | 'plugin_failed'
  | 'no_route'
  | 'no_service'
  | 'service_not_supported'
  | 'plugin_not_supported'
  | 'name_resolution'
  | 'no_peer'
  | 'bad_upstream'
  | 'upstream_tls'
  | 'upstream_timeout';

/**
 * What is known of a stream when it has ended. Times are ms with a fraction from a monotonic clock
 * unless said otherwise; -1 is «did not happen».
 */
export interface SessionRecord {
  readonly id: string;
  readonly revision: number;
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly clientIp: string;
  readonly clientPort: number;
  /** The port that it came to, as the client or a proxy in front sees it. */
  readonly serverPort: number;
  readonly protocol: 'tcp' | 'tls' | 'tls_passthrough';
  /** Server name that the client asked for; empty for none. */
  readonly sni: string;
  /** What a handshake with the gateway agreed on; null where there was none. */
  readonly tls: HandshakeRecord | null;
  readonly routeId: string | null;
  readonly routeName: string | null;
  readonly serviceId: string | null;
  readonly serviceName: string | null;
  /** Bytes of content from the client and to it. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** From the connection being taken to both sides being closed. */
  readonly totalMs: number;
  /** Until a connection to an upstream stood, failed attempts included. */
  readonly connectMs: number;
  readonly tries: number;
  /** `host:port` of the last target tried. */
  readonly upstreamAddress: string | null;
  /** As requests would be answered: 200 when an upstream was reached. */
  readonly status: number;
  readonly reason: SessionEnd;
  /** Who said first that it is over. */
  readonly endedBy: 'client' | 'upstream' | 'gateway';
}
