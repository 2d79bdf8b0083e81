import type { NodeSettings } from '../settings/node-settings.ts';
import { inOnePiece } from '../in-one-piece.ts';
import { NumberLines } from './number-lines.ts';

/** Version of Kong whose names are borrowed where clients depend on them. */
const KONG_TOKEN = 'kong/3.9.3';

/** The gateway's own field lines, put together once. Each line ends in CRLF. */
export interface HeaderNames {
  /** `sluice/<version>` or Kong's. */
  readonly token: string;
  /** `Server: …` for answers that have none. */
  readonly serverLine: string;
  readonly viaLine: string;
  readonly requestIdName: string;
  /** Lines that are not to be sent are null. */
  readonly upstreamLatency: NumberLines | null;
  readonly proxyLatency: NumberLines | null;
  readonly responseLatency: NumberLines | null;
  readonly upstreamStatus: NumberLines | null;
  readonly viaEnabled: boolean;
  /** What usually comes behind the latencies: `Via`, and the request id up to its value. */
  readonly usualEnd: string;
}

/** @param version of this gateway */
export function createHeaderNames(settings: NodeSettings, version: string): HeaderNames {
  const kong = settings.headerNames === 'kong';
  const prefix = kong ? 'X-Kong-' : 'X-Sluice-';
  const token = kong ? KONG_TOKEN : `sluice/${version}`;
  const on = settings.responseHeaders;
  const lines = (name: string, enabled: boolean): NumberLines | null =>
    enabled ? new NumberLines(prefix + name) : null;
  const viaLine = inOnePiece(`Via: 1.1 ${token}\r\n`);
  return {
    token,
    serverLine: on.server ? inOnePiece(`Server: ${token}\r\n`) : '',
    viaLine,
    requestIdName: `${prefix}Request-Id`,
    upstreamLatency: lines('Upstream-Latency', on.upstreamLatency),
    proxyLatency: lines('Proxy-Latency', on.proxyLatency),
    responseLatency: lines('Response-Latency', on.responseLatency),
    upstreamStatus: lines('Upstream-Status', on.upstreamStatus),
    viaEnabled: on.via,
    usualEnd: inOnePiece((on.via ? viaLine : '') + (on.requestId ? `${prefix}Request-Id: ` : '')),
  };
}
