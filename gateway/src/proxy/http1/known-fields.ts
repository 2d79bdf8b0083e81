import { IDENTITY_NAMES } from '../../plugin/identity-names.ts';

/**
 * Fields that the gateway itself cares about get a small number while a head is parsed, so that
 * later steps decide by an array lookup and not by comparing names again. Below 32, since a head
 * notes in the bits of one word which of them it has.
 */
export const OTHER = 0;
export const HOST = 1;
export const CONTENT_LENGTH = 2;
export const TRANSFER_ENCODING = 3;
export const CONNECTION = 4;
export const KEEP_ALIVE = 5;
export const PROXY_CONNECTION = 6;
export const PROXY = 7;
export const TE = 8;
export const TRAILER = 9;
export const UPGRADE = 10;
export const EXPECT = 11;
export const VIA = 12;
/** `X-Forwarded-*` and `X-Real-IP`: the gateway writes its own. */
export const X_FORWARDED_FOR = 13;
export const X_FORWARDED_PROTO = 14;
export const X_FORWARDED_HOST = 15;
export const X_FORWARDED_PORT = 16;
export const X_FORWARDED_PATH = 17;
export const X_FORWARDED_PREFIX = 18;
export const X_REAL_IP = 19;
/** `X-Consumer-*` and their like: who is asking is for the gateway to say. */
export const IDENTITY = 20;
/** The request id under either of its names. */
export const REQUEST_ID = 21;
export const HTTP2_SETTINGS = 22;
export const ACCEPT = 23;
export const CONTENT_TYPE = 24;
export const SERVER = 25;
export const DATE = 26;
/** `X-Accel-*`: instructions to nginx, which an upstream cannot give to this gateway. */
export const X_ACCEL = 27;
/** Latency fields under either of their names. */
export const LATENCY = 28;
export const DEBUG = 29;
/** `X-…-Upstream-Status` under either of its names. */
export const UPSTREAM_STATUS = 30;
export const AUTHORIZATION = 31;

const KNOWN: readonly (readonly [string, number])[] = [
  ['host', HOST],
  ['content-length', CONTENT_LENGTH],
  ['transfer-encoding', TRANSFER_ENCODING],
  ['connection', CONNECTION],
  ['keep-alive', KEEP_ALIVE],
  ['proxy-connection', PROXY_CONNECTION],
  ['proxy', PROXY],
  ['te', TE],
  ['trailer', TRAILER],
  ['upgrade', UPGRADE],
  ['expect', EXPECT],
  ['via', VIA],
  ['x-forwarded-for', X_FORWARDED_FOR],
  ['x-forwarded-proto', X_FORWARDED_PROTO],
  ['x-forwarded-host', X_FORWARDED_HOST],
  ['x-forwarded-port', X_FORWARDED_PORT],
  ['x-forwarded-path', X_FORWARDED_PATH],
  ['x-forwarded-prefix', X_FORWARDED_PREFIX],
  ['x-real-ip', X_REAL_IP],
  ...IDENTITY_NAMES.map((name) => [name, IDENTITY] as const),
  ['x-kong-request-id', REQUEST_ID],
  ['x-sluice-request-id', REQUEST_ID],
  ['http2-settings', HTTP2_SETTINGS],
  ['accept', ACCEPT],
  ['content-type', CONTENT_TYPE],
  ['server', SERVER],
  ['date', DATE],
  ['x-accel-redirect', X_ACCEL],
  ['x-accel-expires', X_ACCEL],
  ['x-accel-buffering', X_ACCEL],
  ['x-accel-charset', X_ACCEL],
  ['x-accel-limit-rate', X_ACCEL],
  ['x-kong-upstream-latency', LATENCY],
  ['x-kong-proxy-latency', LATENCY],
  ['x-kong-response-latency', LATENCY],
  ['x-sluice-upstream-latency', LATENCY],
  ['x-sluice-proxy-latency', LATENCY],
  ['x-sluice-response-latency', LATENCY],
  ['x-kong-upstream-status', UPSTREAM_STATUS],
  ['x-sluice-upstream-status', UPSTREAM_STATUS],
  ['kong-debug', DEBUG],
  ['authorization', AUTHORIZATION],
];

interface Known {
  /** Lower-case bytes of the name. */
  readonly name: Uint8Array;
  readonly id: number;
  /**
   * Servers behind CGI-like interfaces read `X_Consumer_ID` and `X-Consumer-ID` alike, so for
   * fields that carry trust an underscore counts as a hyphen.
   */
  readonly folds: boolean;
}

const byLength: (Known[] | undefined)[] = [];
for (const [name, id] of KNOWN) {
  const folds = id === IDENTITY || (id >= X_FORWARDED_FOR && id <= X_REAL_IP);
  (byLength[name.length] ??= []).push({ name: Buffer.from(name), id, folds });
}

/** The number of the field whose name stands at `start…end` of `bytes`. */
export function knownField(bytes: Uint8Array, start: number, end: number): number {
  const candidates = byLength[end - start];
  if (candidates === undefined) return OTHER;
  for (let i = 0; i < candidates.length; i++) {
    const candidate = candidates[i]!;
    if (matches(candidate, bytes, start)) return candidate.id;
  }
  return OTHER;
}

function matches(candidate: Known, bytes: Uint8Array, start: number): boolean {
  const name = candidate.name;
  for (let i = 0; i < name.length; i++) {
    let c = bytes[start + i]!;
    if (c >= 65 && c <= 90) c |= 32;
    else if (c === 95 && candidate.folds) c = 45;
    if (c !== name[i]) return false;
  }
  return true;
}
