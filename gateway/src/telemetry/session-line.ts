import { id, known, shownBy, text } from './line-parts.ts';
import type { SessionRecord } from './session-record.ts';

/**
 * The access line of a stream: one JSON object, ending in a line feed. Always the same fields in the
 * same order, `null` where there is nothing to say.
 */
export function formatSessionLine(record: SessionRecord): string {
  const { tls, sni } = record;
  return (
    `{"time":"${new Date(record.startedAt).toISOString()}","session_id":"${record.id}","revision":${record.revision},` +
    `"client_ip":${text(record.clientIp)},"client_port":${record.clientPort},` +
    `"server_port":${record.serverPort},"protocol":"${record.protocol}",` +
    `"sni":${sni === '' ? 'null' : text(sni)},"tls":${tls === null ? 'null' : handshake(tls)},` +
    `"route_id":${id(record.routeId)},"route_name":${known(record.routeName)},` +
    `"service_id":${id(record.serviceId)},"service_name":${known(record.serviceName)},` +
    `"bytes_in":${record.bytesIn},"bytes_out":${record.bytesOut},` +
    `"total_ms":${milliseconds(record.totalMs)},"connect_ms":${milliseconds(record.connectMs)},` +
    `"tries":${record.tries},"upstream_address":${known(record.upstreamAddress)},` +
    `"status":${record.status},"reason":"${record.reason}","ended_by":"${record.endedBy}"}\n`
  );
}

function handshake(tls: NonNullable<SessionRecord['tls']>): string {
  return `{"version":${text(tls.version)},"cipher":${text(tls.cipher)},${shownBy(tls)}}`;
}

/** With three decimals; null for a time that did not happen. */
function milliseconds(ms: number): string {
  return ms >= 0 ? ms.toFixed(3) : 'null';
}
