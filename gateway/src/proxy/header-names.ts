import type { NodeSettings } from '../settings/node-settings.ts';

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
  readonly upstreamLatency: string;
  readonly proxyLatency: string;
  readonly responseLatency: string;
  readonly upstreamStatus: string;
  readonly viaEnabled: boolean;
}

/** @param version of this gateway */
export function createHeaderNames(settings: NodeSettings, version: string): HeaderNames {
  const kong = settings.headerNames === 'kong';
  const prefix = kong ? 'X-Kong-' : 'X-Sluice-';
  const token = kong ? KONG_TOKEN : `sluice/${version}`;
  const on = settings.responseHeaders;
  return {
    token,
    serverLine: on.server ? `Server: ${token}\r\n` : '',
    viaLine: `Via: 1.1 ${token}\r\n`,
    requestIdName: `${prefix}Request-Id`,
    upstreamLatency: on.upstreamLatency ? `${prefix}Upstream-Latency: ` : '',
    proxyLatency: on.proxyLatency ? `${prefix}Proxy-Latency: ` : '',
    responseLatency: on.responseLatency ? `${prefix}Response-Latency: ` : '',
    upstreamStatus: on.upstreamStatus ? `${prefix}Upstream-Status: ` : '',
    viaEnabled: on.via,
  };
}
