import type { ExchangeRecord } from './exchange-record.ts';

/**
 * Longest path in a line, characters. Keeps a line below 4 KiB, which is what threads can write to
 * one pipe without their lines getting mixed.
 */
const LONGEST_PATH = 2048;

/** What JSON does not allow in a string, and what a terminal would take for a command. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const unsafe = /["\\\u0000-\u001f\u007f-\u009f\ud800-\udfff]/;
const terminal = /[\u007f-\u009f]/g;

/**
 * The access line of an exchange: one JSON object, ending in a line feed. Always the same fields in
 * the same order, `null` where there is nothing to say. Holds neither query nor header fields, since
 * those may carry credentials.
 */
export function formatAccessLine(record: ExchangeRecord): string {
  const { upstreamStatus } = record;
  return (
    '{"time":"' +
    timestamp(record.startedAt) +
    '","request_id":' +
    id(record.id) +
    ',"revision":' +
    record.revision +
    ',"client_ip":' +
    text(record.clientIp) +
    ',"client_port":' +
    record.clientPort +
    ',"method":' +
    text(record.method) +
    ',"scheme":' +
    text(record.scheme) +
    ',"host":' +
    text(record.hostHeader) +
    ',"path":' +
    path(record.rawPath) +
    ',"http_version":' +
    text(record.httpVersion) +
    ',"status":' +
    record.status +
    ',"route_id":' +
    id(record.routeId) +
    ',"route_name":' +
    known(record.routeName) +
    ',"service_id":' +
    id(record.serviceId) +
    ',"service_name":' +
    known(record.serviceName) +
    ',"consumer_id":' +
    id(record.consumerId) +
    ',"consumer_name":' +
    known(record.consumerName) +
    ',"credential_id":' +
    id(record.credentialId) +
    ',"bytes_in":' +
    record.bytesIn +
    ',"bytes_out":' +
    record.bytesOut +
    ',"total_ms":' +
    milliseconds(record.totalMs) +
    ',"gateway_ms":' +
    milliseconds(record.gatewayMs) +
    ',"upstream_ms":' +
    milliseconds(record.upstreamMs) +
    ',"tries":' +
    record.tries +
    ',"upstream_address":' +
    known(record.upstreamAddress) +
    ',"upstream_status":' +
    (upstreamStatus > 0 ? upstreamStatus : 'null') +
    ',"source":"' +
    record.source +
    '","reason":' +
    known(record.reason) +
    ',"aborted":' +
    id(record.aborted) +
    '}\n'
  );
}

let formattedSecond = -1;
let secondPrefix = '';

/** ISO 8601 in UTC with milliseconds. Seconds repeat from line to line and are kept. */
function timestamp(at: number): string {
  const second = Math.floor(at / 1000);
  if (second !== formattedSecond) {
    secondPrefix = new Date(second * 1000).toISOString().slice(0, 20);
    formattedSecond = second;
  }
  return secondPrefix + threeDigits(Math.floor(at - second * 1000)) + 'Z';
}

function threeDigits(value: number): string {
  return value < 10 ? `00${value}` : value < 100 ? `0${value}` : String(value);
}

/** With three decimals. Formatting a fraction as such costs five times as much. */
function milliseconds(value: number): string {
  if (!(value >= 0 && value < 1e12)) return 'null';
  const micros = Math.round(value * 1000);
  const whole = Math.floor(micros / 1000);
  return `${whole}.${threeDigits(micros - whole * 1000)}`;
}

function path(value: string): string {
  return text(value.length > LONGEST_PATH ? value.slice(0, LONGEST_PATH) : value);
}

/** UUIDs, and words of the gateway's own: nothing in them needs escaping. */
function id(value: string | null): string {
  return value === null ? 'null' : `"${value}"`;
}

/** Names of the configuration, quoted: the same ones come with every request. */
const quoted = new Map<string, string>();
const MOST_QUOTED = 20_000;

function known(value: string | null): string {
  if (value === null) return 'null';
  let json = quoted.get(value);
  if (json === undefined) {
    if (quoted.size === MOST_QUOTED) quoted.clear();
    json = text(value);
    quoted.set(value, json);
  }
  return json;
}

function text(value: string): string {
  return unsafe.test(value) ? escaped(value) : `"${value}"`;
}

function escaped(value: string): string {
  return JSON.stringify(value).replace(
    terminal,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
}
