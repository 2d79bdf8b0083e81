/** Metric families whose series proxy threads make as requests come. */
export interface MetricFamily {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets, ascending, without the infinite one. */
  readonly buckets?: readonly number[];
}

export interface HistogramFamily extends MetricFamily {
  readonly buckets: readonly number[];
}

/** Bounds of Kong for what waits for an upstream, ms. */
const upstreamBuckets = [25, 50, 80, 100, 250, 400, 700, 1000, 2000, 5000, 10_000, 30_000, 60_000];

/** Bounds of Kong for its own part, ms. */
const gatewayBuckets = [1, 2, 5, 7, 10, 15, 20, 30, 50, 75, 100, 200, 500, 750, 1000, 3000, 6000];

const latencyLabels = ['service', 'route', 'workspace'];

export const requestsFamily: MetricFamily = {
  name: 'kong_http_requests_total',
  type: 'counter',
  help: 'HTTP requests by service, route, status, who answered and consumer',
  labels: ['service', 'route', 'code', 'source', 'workspace', 'consumer'],
};

export const grpcResponsesFamily: MetricFamily = {
  name: 'sluice_grpc_responses_total',
  type: 'counter',
  help: 'Calls of gRPC that have ended, by service, route, status of gRPC and who gave it',
  labels: ['service', 'route', 'grpc_status', 'source', 'workspace'],
};

export const requestLatencyFamily: HistogramFamily = {
  name: 'kong_request_latency_ms',
  type: 'histogram',
  help: 'From the first byte of a request to the last byte of its response, ms',
  labels: latencyLabels,
  buckets: upstreamBuckets,
};

export const upstreamLatencyFamily: HistogramFamily = {
  name: 'kong_upstream_latency_ms',
  type: 'histogram',
  help: 'What the upstream took to answer, ms',
  labels: latencyLabels,
  buckets: upstreamBuckets,
};

export const gatewayLatencyFamily: HistogramFamily = {
  name: 'kong_kong_latency_ms',
  type: 'histogram',
  help: 'What the gateway itself took, ms',
  labels: latencyLabels,
  buckets: gatewayBuckets,
};

export const bandwidthFamily: MetricFamily = {
  name: 'kong_bandwidth_bytes',
  type: 'counter',
  help: 'Bytes received from clients (ingress) and sent to them (egress)',
  labels: ['service', 'route', 'direction', 'workspace', 'consumer'],
};

export const sessionsFamily: MetricFamily = {
  name: 'kong_stream_sessions_total',
  type: 'counter',
  help: 'Streams that have ended, by service, route, status and whether an upstream was reached',
  labels: ['service', 'route', 'code', 'source', 'workspace'],
};

export const sessionDurationFamily: HistogramFamily = {
  name: 'kong_session_duration_ms',
  type: 'histogram',
  help: 'From a stream being taken to both of its sides being closed, ms',
  labels: latencyLabels,
  buckets: upstreamBuckets,
};

export const sessionEndsFamily: MetricFamily = {
  name: 'sluice_stream_ends_total',
  type: 'counter',
  help: 'Streams that have ended, by reason and who ended them',
  labels: ['reason', 'by'],
};

export const gatewayAnswersFamily: MetricFamily = {
  name: 'sluice_gateway_answers_total',
  type: 'counter',
  help: 'Requests that the gateway answered itself, by reason',
  labels: ['reason'],
};

export const pluginErrorsFamily: MetricFamily = {
  name: 'sluice_plugin_errors_total',
  type: 'counter',
  help: 'Errors thrown by the handlers of a plugin',
  labels: ['plugin'],
};

export const peerCallsFamily: MetricFamily = {
  name: 'sluice_plugin_peer_calls_total',
  type: 'counter',
  help: 'Calls of the servers that plugins ask, by plugin, server and what came of it',
  labels: ['plugin', 'peer', 'outcome'],
};

export const peerFallbacksFamily: MetricFamily = {
  name: 'sluice_plugin_peer_fallbacks_total',
  type: 'counter',
  help: 'Requests decided without the server that a plugin asks, by plugin, server and decision',
  labels: ['plugin', 'peer', 'decision'],
};

export const handshakesFamily: MetricFamily = {
  name: 'sluice_tls_handshakes_total',
  type: 'counter',
  help: 'TLS handshakes with clients, by version, whether a session was resumed, and whether the server name is known',
  labels: ['version', 'resumed', 'server_name'],
};

export const handshakeFailuresFamily: MetricFamily = {
  name: 'sluice_tls_handshake_failures_total',
  type: 'counter',
  help: 'TLS handshakes with clients that failed, by reason',
  labels: ['reason'],
};

export const http2FailuresFamily: MetricFamily = {
  name: 'sluice_http2_failures_total',
  type: 'counter',
  help: 'Connections of HTTP/2 that the gateway closed for what the client did, by reason',
  labels: ['reason'],
};

export const proxyHeaderFailuresFamily: MetricFamily = {
  name: 'sluice_proxy_protocol_failures_total',
  type: 'counter',
  help: 'Connections closed for the PROXY protocol header that they should begin with, by reason',
  labels: ['reason'],
};

const webSocketLabels = ['service', 'route', 'direction', 'workspace'];

export const webSocketMessagesFamily: MetricFamily = {
  name: 'sluice_websocket_messages_total',
  type: 'counter',
  help: 'Messages of WebSockets received from clients (ingress) and sent to them (egress)',
  labels: webSocketLabels,
};

export const webSocketBytesFamily: MetricFamily = {
  name: 'sluice_websocket_bytes_total',
  type: 'counter',
  help: 'Bytes of WebSockets received from clients (ingress) and sent to them (egress)',
  labels: webSocketLabels,
};

export const webSocketEndsFamily: MetricFamily = {
  name: 'sluice_websockets_closed_total',
  type: 'counter',
  help: 'WebSockets that were closed, by who or what ended them',
  labels: ['by'],
};

/** In the order of the exposition. */
export const threadFamilies: readonly MetricFamily[] = [
  requestsFamily,
  grpcResponsesFamily,
  requestLatencyFamily,
  upstreamLatencyFamily,
  gatewayLatencyFamily,
  bandwidthFamily,
  sessionsFamily,
  sessionDurationFamily,
  sessionEndsFamily,
  gatewayAnswersFamily,
  pluginErrorsFamily,
  peerCallsFamily,
  peerFallbacksFamily,
  handshakesFamily,
  handshakeFailuresFamily,
  http2FailuresFamily,
  proxyHeaderFailuresFamily,
  webSocketMessagesFamily,
  webSocketBytesFamily,
  webSocketEndsFamily,
];

/**
 * Where a series of a histogram has the sum, and its buckets. Most values fall into the first of these,
 * so what an observation changes is mostly together in memory.
 */
export const SUM = 0;
export const FIRST_BUCKET = 1;

/** Cells of one series: one value, or for a histogram the sum, its buckets, and the infinite one. */
export function cellsOf(family: MetricFamily): number {
  return family.buckets === undefined ? 1 : family.buckets.length + 2;
}
