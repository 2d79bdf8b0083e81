import type { ExchangeRecord, WebSocketRecord } from './exchange-record.ts';
import { KeptText } from '../kept-text.ts';
import { escaped, id, known, shownBy, text, unsafe } from './line-parts.ts';
import { NumberField } from './number-field.ts';

/**
 * Longest path in a line, characters. Keeps a line below 4 KiB, which is what threads can write to
 * one pipe without their lines getting mixed.
 */
const LONGEST_PATH = 2048;

/**
 * The access line of an exchange: one JSON object, ending in a line feed. Always the same fields in
 * the same order, `null` where there is nothing to say. Holds neither query nor header fields, since
 * those may carry credentials.
 *
 * Neighbouring fields that are mostly the same as in the line before are kept as one text: what is
 * put together from many pieces is paid for by the piece.
 */
export function formatAccessLine(record: ExchangeRecord): string {
  return (
    timestamp(record.startedAt) +
    record.id +
    client(record) +
    record.clientPort +
    request(record) +
    path(record.rawPath) +
    route(record) +
    consumer(record) +
    bytesIn.of(record.bytesIn) +
    bytesOut.of(record.bytesOut) +
    totalMs.of(microseconds(record.totalMs)) +
    gatewayMs.of(microseconds(record.gatewayMs)) +
    upstreamMs.of(microseconds(record.upstreamMs)) +
    upstream(record)
  );
}

const threeDigits = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0'));
const thousandths = threeDigits.map((digits) => `.${digits}`);

let formattedAt = -1;
const instant = new KeptText();
let formattedSecond = -1;
let secondPrefix = '';

/** ISO 8601 in UTC with milliseconds, and what stands around it. Kept, since it repeats under load. */
function timestamp(at: number): string {
  const millisecond = Math.floor(at);
  if (millisecond === formattedAt) return instant.again();
  const second = Math.floor(millisecond / 1000);
  if (second !== formattedSecond) {
    secondPrefix = `{"time":"${new Date(second * 1000).toISOString().slice(0, 20)}`;
    formattedSecond = second;
  }
  formattedAt = millisecond;
  return instant.set(
    `${secondPrefix}${threeDigits[millisecond - second * 1000]!}Z","request_id":"`,
  );
}

const clientText = new KeptText();
let clientIp = '';
let clientRevision = -1;

function client({ clientIp: ip, revision }: ExchangeRecord): string {
  if (ip !== clientIp || revision !== clientRevision) {
    clientIp = ip;
    clientRevision = revision;
    return clientText.set(`","revision":${revision},"client_ip":${text(ip)},"client_port":`);
  }
  return clientText.again();
}

const requestText = new KeptText();
let requestMethod = '';
let requestScheme = '';
let requestHost = '';
let requestTls: ExchangeRecord['tls'] = null;

function request({ method, scheme, tls, hostHeader }: ExchangeRecord): string {
  if (
    method !== requestMethod ||
    scheme !== requestScheme ||
    hostHeader !== requestHost ||
    tls !== requestTls
  ) {
    requestMethod = method;
    requestScheme = scheme;
    requestHost = hostHeader;
    requestTls = tls;
    return requestText.set(
      `,"method":${text(method)},"scheme":${text(scheme)},"tls":${handshake(tls)},` +
        `"host":${text(hostHeader)},"path":"`,
    );
  }
  return requestText.again();
}

function handshake(tls: ExchangeRecord['tls']): string {
  if (tls === null) return 'null';
  const { version, cipher, sni } = tls;
  const name = sni === '' ? 'null' : text(sni);
  return `{"version":${text(version)},"cipher":${text(cipher)},"sni":${name},${shownBy(tls)}}`;
}

const routeText = new KeptText();
let routed: Pick<
  ExchangeRecord,
  'httpVersion' | 'status' | 'grpcStatus' | 'routeId' | 'routeName' | 'serviceId' | 'serviceName'
> | null = null;

function route(record: ExchangeRecord): string {
  const { httpVersion, status, grpcStatus, routeId, routeName, serviceId, serviceName } = record;
  if (
    routed?.httpVersion !== httpVersion ||
    routed.status !== status ||
    routed.grpcStatus !== grpcStatus ||
    routed.routeId !== routeId ||
    routed.routeName !== routeName ||
    routed.serviceId !== serviceId ||
    routed.serviceName !== serviceName
  ) {
    routed = { httpVersion, status, grpcStatus, routeId, routeName, serviceId, serviceName };
    return routeText.set(
      `","http_version":${text(httpVersion)},"status":${status},` +
        `"grpc_status":${grpcStatus === -1 ? 'null' : grpcStatus},` +
        `"route_id":${id(routeId)},"route_name":${known(routeName)},` +
        `"service_id":${id(serviceId)},"service_name":${known(serviceName)}`,
    );
  }
  return routeText.again();
}

const NO_CONSUMER = ',"consumer_id":null,"consumer_name":null,"credential_id":null';

function consumer({ consumerId, consumerName, credentialId }: ExchangeRecord): string {
  if (consumerId === null && credentialId === null) return NO_CONSUMER;
  if (consumerId === null || consumerName === null || credentialId === null) {
    const name = consumerName === null ? 'null' : text(consumerName);
    return `,"consumer_id":${id(consumerId)},"consumer_name":${name},"credential_id":${id(credentialId)}`;
  }
  const name = unsafe.test(consumerName) ? escaped(consumerName).slice(1, -1) : consumerName;
  // A template would look at each part whether it is a text.
  return (
    ',"consumer_id":"' +
    consumerId +
    '","consumer_name":"' +
    name +
    '","credential_id":"' +
    credentialId +
    '"'
  );
}

const upstreamText = new KeptText();
let answered: Pick<
  ExchangeRecord,
  'tries' | 'upstreamAddress' | 'upstreamStatus' | 'source' | 'reason' | 'aborted'
> | null = null;

function upstream(record: ExchangeRecord): string {
  const { webSocket } = record;
  const kept = settledUpstream(record);
  if (webSocket === null) return kept;
  return kept.slice(0, -NO_WEB_SOCKET.length) + webSocketText(webSocket);
}

function settledUpstream(record: ExchangeRecord): string {
  const { tries, upstreamAddress, upstreamStatus, source, reason, aborted } = record;
  if (
    answered?.tries !== tries ||
    answered.upstreamAddress !== upstreamAddress ||
    answered.upstreamStatus !== upstreamStatus ||
    answered.source !== source ||
    answered.reason !== reason ||
    answered.aborted !== aborted
  ) {
    answered = { tries, upstreamAddress, upstreamStatus, source, reason, aborted };
    return upstreamText.set(
      `,"tries":${tries},"upstream_address":${known(upstreamAddress)},` +
        `"upstream_status":${upstreamStatus > 0 ? upstreamStatus : 'null'},` +
        `"source":"${source}","reason":${known(reason)},"aborted":${id(aborted)}${NO_WEB_SOCKET}`,
    );
  }
  return upstreamText.again();
}

const NO_WEB_SOCKET = ',"websocket":null}\n';

function webSocketText({ messagesIn, messagesOut, closeCode, endedBy }: WebSocketRecord): string {
  return (
    `,"websocket":{"messages_in":${messagesIn},"messages_out":${messagesOut},` +
    `"close_code":${closeCode === 0 ? 'null' : closeCode},"ended_by":"${endedBy}"}}\n`
  );
}

const bytesIn = new NumberField('bytes_in', String);
const bytesOut = new NumberField('bytes_out', String);
const totalMs = new NumberField('total_ms', inMilliseconds);
const gatewayMs = new NumberField('gateway_ms', inMilliseconds);
const upstreamMs = new NumberField('upstream_ms', inMilliseconds);

/** Whole µs of a time in ms; -1 for one that makes no sense. */
function microseconds(ms: number): number {
  return ms >= 0 && ms < 1e12 ? Math.round(ms * 1000) : -1;
}

/** With three decimals. Formatting a fraction as such costs five times as much. */
function inMilliseconds(micros: number): string {
  const whole = Math.floor(micros / 1000);
  return whole + thousandths[micros - whole * 1000]!;
}

/** Without the quotes, which are part of what stands around it. */
function path(value: string): string {
  const shown = value.length > LONGEST_PATH ? value.slice(0, LONGEST_PATH) : value;
  return unsafe.test(shown) ? escaped(shown).slice(1, -1) : shown;
}
