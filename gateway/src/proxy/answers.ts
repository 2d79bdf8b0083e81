import { HTML_TYPE, PLAIN_TYPE, XML_TYPE, GRPC_TYPE } from '../plugin/answer-type.ts';
import { escapeMarkup } from '../plugin/markup.ts';

/**
 * The answers that the gateway gives itself: what a client is told, in the form that it accepts.
 * `docs/errors.md` lists them with what to do about each.
 */
export interface Answer {
  readonly status: number;
  readonly message: string;
  /** Short code for the access line and the metrics. */
  readonly reason: string;
  /**
   * Form when the client names none: Kong's own errors are JSON, those that its HTTP server finds
   * are plain text.
   */
  readonly plainByDefault?: boolean;
}

const http = (status: number, message: string, reason: string): Answer => ({
  status,
  message,
  reason,
  plainByDefault: true,
});

/** Every answer of the gateway's own, by reason. */
export const ANSWERS = {
  no_route: { status: 404, message: 'no Route matched with those values', reason: 'no_route' },
  no_service: { status: 503, message: 'no Service found with those values', reason: 'no_service' },
  service_not_supported: {
    status: 503,
    message: 'the Service cannot be reached by this gateway',
    reason: 'service_not_supported',
  },
  plugin_not_supported: {
    status: 503,
    message: 'the Route cannot be served by this gateway',
    reason: 'plugin_not_supported',
  },
  name_resolution: { status: 503, message: 'name resolution failed', reason: 'name_resolution' },
  no_peer: {
    status: 503,
    message: 'failure to get a peer from the ring-balancer',
    reason: 'no_peer',
  },
  bad_upstream: http(
    502,
    'An invalid response was received from the upstream server',
    'bad_upstream',
  ),
  upstream_tls: http(
    502,
    'An invalid response was received from the upstream server',
    'upstream_tls',
  ),
  response_too_large: http(
    502,
    'The response of the upstream server is too large',
    'response_too_large',
  ),
  no_room_for_body: http(503, 'Too many bodies are being held', 'no_room_for_body'),
  upstream_timeout: http(504, 'The upstream server is timing out', 'upstream_timeout'),
  https_required: { status: 426, message: 'Please use HTTPS protocol', reason: 'https_required' },
  http2_required: { status: 426, message: 'Please use HTTP2 protocol', reason: 'http2_required' },
  grpc_required: {
    status: 415,
    message: 'Non-gRPC request matched gRPC route',
    reason: 'grpc_required',
  },
  plugin_failed: { status: 500, message: 'An unexpected error occurred', reason: 'plugin_failed' },
  bad_request: http(400, 'Bad request', 'bad_request'),
  method_not_allowed: http(405, 'Method not allowed', 'method_not_allowed'),
  request_timeout: http(408, 'Request timeout', 'request_timeout'),
  body_too_large: http(413, 'Payload too large', 'body_too_large'),
  uri_too_long: http(414, 'URI too long', 'uri_too_long'),
  plain_http: http(400, 'The plain HTTP request was sent to HTTPS port', 'plain_http'),
  misdirected: http(421, 'Misdirected request', 'misdirected'),
  expectation_failed: http(417, 'Expectation failed', 'expectation_failed'),
  head_too_large: http(431, 'Request header or cookie too large', 'head_too_large'),
  head_too_large_kong: http(400, 'Request header or cookie too large', 'head_too_large'),
  version_not_supported: http(505, 'HTTP version not supported', 'version_not_supported'),
} as const satisfies Record<string, Answer>;

/**
 * The answer to a head that could not be taken for a request, by the status decided on.
 *
 * @param headStatus of a head that is too large: 431, or 400 as in Kong
 */
export function answerForParseError(status: number, headStatus: number): Answer {
  switch (status) {
    case 408:
      return ANSWERS.request_timeout;
    case 414:
      return ANSWERS.uri_too_long;
    case 417:
      return ANSWERS.expectation_failed;
    case 431:
      return headStatus === 400 ? ANSWERS.head_too_large_kong : ANSWERS.head_too_large;
    case 505:
      return ANSWERS.version_not_supported;
    default:
      return ANSWERS.bad_request;
  }
}

export interface ErrorBody {
  /** Empty for gRPC, whose errors stand in fields. */
  readonly contentType: string;
  readonly body: string;
}

/**
 * The body of an error in a type that `negotiate` returned.
 *
 * @param found whether the HTTP layer found the error, for which Kong's bodies differ in gRPC
 */
export function errorBody(
  type: string,
  message: string,
  requestId: string,
  found: boolean,
): ErrorBody {
  switch (type) {
    case GRPC_TYPE:
      if (!found) return { contentType: '', body: '' };
      return {
        contentType: 'application/json; charset=utf-8',
        body: `{"message":${JSON.stringify(message)}}`,
      };
    case HTML_TYPE:
      return {
        contentType: 'text/html; charset=utf-8',
        body:
          '<!doctype html>\n<html>\n  <head>\n    <meta charset="utf-8">\n    <title>Error</title>\n' +
          `  </head>\n  <body>\n    <h1>Error</h1>\n    <p>${escapeMarkup(message)}.</p>\n` +
          `    <p>request_id: ${requestId}</p>\n  </body>\n</html>\n`,
      };
    case PLAIN_TYPE:
      return {
        contentType: 'text/plain; charset=utf-8',
        body: `${message}\nrequest_id: ${requestId}\n`,
      };
    case XML_TYPE:
      return {
        contentType: 'application/xml; charset=utf-8',
        body:
          `<?xml version="1.0" encoding="UTF-8"?>\n<error>\n  <message>${escapeMarkup(message)}</message>\n` +
          `  <requestid>${requestId}</requestid>\n</error>\n`,
      };
    default:
      return {
        contentType: 'application/json; charset=utf-8',
        body: `{\n  "message":${JSON.stringify(message)},\n  "request_id":"${requestId}"\n}`,
      };
  }
}
