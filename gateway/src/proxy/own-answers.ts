import { membersOf, messageOf } from '../plugin/answer-content.ts';
import { namedType, negotiate } from '../plugin/answer-type.ts';
import { ANSWERS, errorBody, type Answer } from './answers.ts';
import type { HttpExchange } from './exchange/exchange.ts';
import { refuseFraming } from './framing-fields.ts';
import { encodeMessage, GRPC_TYPE, grpcStatusOf, isGrpcType } from './grpc-answer.ts';
import { Fields } from './http1/fields.ts';

/* How answers of the gateway's own are made. They stand in the exchange until they are sent. */

type Headers = Readonly<Record<string, string>>;

/** An answer of the gateway's own, not sent yet. */
export interface LocalAnswer {
  readonly body: Uint8Array | string;
  /** Plain text of the reason line, or empty for the usual one. */
  readonly reason: string;
  /** Status of HTTP, also where a client of gRPC is told one of its own. */
  readonly status: number;
  /** The client is told in fields of gRPC. */
  readonly inGrpc: boolean;
  /** What it says; null where that stands in the body alone. */
  readonly message: string | null;
}

/** What somebody chose to say. Objects are sent as JSON. */
export function answerWith(
  ex: HttpExchange,
  status: number,
  body: string | Uint8Array | object | null = null,
  headers?: Headers,
): void {
  if (headers !== undefined) refuseFraming(headers);
  let bytes: Uint8Array | string = '';
  const fields = new Fields(null);
  if (typeof body === 'string' || body instanceof Uint8Array) bytes = body;
  else if (body !== null) {
    bytes = JSON.stringify(body);
    fields.set('Content-Type', 'application/json; charset=utf-8');
  }
  put(ex, status, bytes, fields, null, headers);
}

/** An error, in the form that the client accepts. */
export function answerError(ex: HttpExchange, answer: Answer, headers?: Headers): void {
  const byHttpLayer = answer.plainByDefault === true;
  const type = negotiate(acceptOf(ex), byHttpLayer);
  const { contentType, body } = errorBody(type, answer.message, ex.id, byHttpLayer);
  const fields = new Fields(null);
  fields.set('Content-Type', contentType);
  ex.reason = answer.reason;
  put(ex, answer.status, body, fields, answer.message, headers);
}

/** See `OwnAnswer`. */
export function wantedType(ex: HttpExchange): string | null {
  return namedType(acceptOf(ex));
}

/** What a client whose plugin failed is told, as Kong does: without request id. */
export function answerPluginFailure(ex: HttpExchange): void {
  ex.local = null;
  answerWith(ex, ANSWERS.plugin_failed.status, { message: ANSWERS.plugin_failed.message });
  ex.reason = ANSWERS.plugin_failed.reason;
}

/**
 * Answers a client of gRPC: with a status of 200, and what went wrong in fields.
 *
 * @param status of HTTP that another client would be told
 * @param others fields that the answer has besides
 */
export function answerInGrpc(
  ex: HttpExchange,
  status: number,
  grpcStatus: number,
  message: string,
  others: Fields = new Fields(null),
): void {
  others.set('Content-Type', GRPC_TYPE);
  others.set('grpc-status', String(grpcStatus));
  if (message !== '') others.set('grpc-message', encodeMessage(message));
  ex.status = 200;
  ex.grpcStatus = grpcStatus;
  ex.local = { body: '', reason: '', status, inGrpc: true, message };
  ex.responseFields = others;
}

/** @param message what is said in it, when that is known; otherwise it is looked for in the body */
function put(
  ex: HttpExchange,
  status: number,
  body: Uint8Array | string,
  fields: Fields,
  message: string | null,
  headers: Headers | undefined,
): void {
  if (ex.headSent || ex.finished) return;
  if (headers !== undefined) {
    for (const name in headers) fields.set(name, headers[name]!);
  }
  ex.responseHead = null;
  if (speaksGrpc(ex)) {
    const said = message ?? messageOf(body, membersOf(body), '');
    answerInGrpc(ex, status, grpcStatusOf(status), said, fields);
    return;
  }
  ex.status = status;
  ex.local = { body, reason: '', status, inGrpc: false, message };
  ex.responseFields = fields;
}

/** The client understands statuses of gRPC and no other. */
function speaksGrpc(ex: HttpExchange): boolean {
  return ex.downstream.http2 && isGrpcType(ex.headerValues('content-type')[0]);
}

/** Without making fields of the head, which most requests that fail can do without. */
function acceptOf({ head, requestFields }: HttpExchange): string | undefined {
  const accept = requestFields?.get('accept');
  if (accept !== undefined) return accept;
  for (let i = 0; i < head.count; i++) if (head.nameIs(i, 'accept')) return head.value(i);
  return undefined;
}
