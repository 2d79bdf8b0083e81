import type { RequestHead } from '../../http1/request-head.ts';

/** Milliseconds of each unit that a timeout of gRPC may have. */
const UNITS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** How long a client of gRPC waits for an answer, ms; -1 when it does not say. */
export function grpcTimeoutOf(head: RequestHead): number {
  const index = head.indexOf('grpc-timeout');
  if (index === -1) return -1;
  const match = /^(\d{1,8})([HMSmun])$/.exec(head.value(index));
  return match === null ? -1 : Number(match[1]) * UNITS[match[2]!]!;
}
