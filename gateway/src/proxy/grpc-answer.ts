import type { MessageHead } from './http1/message-head.ts';
import { CONTENT_TYPE } from './http1/known-fields.ts';

/** The type of messages of gRPC, without what they are written in. */
export const GRPC_TYPE = 'application/grpc';

/** Statuses of gRPC for those of HTTP, as Kong maps them. */
const STATUSES: Readonly<Record<number, number>> = {
  200: 0,
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  409: 6,
  429: 8,
  499: 1,
  501: 12,
  503: 14,
  504: 4,
};
const UNKNOWN = 2;
const INVALID_ARGUMENT = 3;
const INTERNAL = 13;

/** Whether a content type is one of gRPC's, whatever its messages are written in. */
export function isGrpcType(contentType: string | undefined): boolean {
  return contentType !== undefined && contentType.startsWith(GRPC_TYPE);
}

/** The status that a client of gRPC is told in place of one of HTTP. */
export function grpcStatusOf(status: number): number {
  return STATUSES[status] ?? (status < 500 ? INVALID_ARGUMENT : INTERNAL);
}

/**
 * How a call of gRPC ended, 0 to 16, by the response that is complete; -1 for a response that is not of
 * gRPC. A status that is missing, or none that there is, is UNKNOWN to clients too.
 *
 * @param head where it stands in a response without messages
 * @param trailers where it stands otherwise; null when there are none
 */
export function grpcStatusIn(head: MessageHead, trailers: MessageHead | null): number {
  if (!isGrpcType(head.known(CONTENT_TYPE))) return -1;
  const fields = trailers ?? head;
  const index = fields.indexOf('grpc-status');
  const status = index === -1 ? '' : fields.value(index);
  return /^(?:\d|1[0-6])$/.test(status) ? Number(status) : UNKNOWN;
}

/** Writes a message as a field: bytes but those of printable ASCII, and `%`, are escaped. */
export function encodeMessage(message: string): string {
  let text = '';
  for (const byte of Buffer.from(message)) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    text += plain
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}
