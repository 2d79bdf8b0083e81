import type { RouteInfo, ServiceInfo } from './exchange.ts';

/** A client's connection of TCP or TLS whose route is known, before its service is asked. */
export interface StreamConnection {
  /** 32 hexadecimal digits; `session_id` in the access log. */
  readonly id: string;
  /** The client's address, after the PROXY header of a trusted peer; `unix:` on a unix socket. */
  readonly clientIp: string;
  readonly clientPort: number;
  readonly protocol: 'tcp' | 'tls' | 'tls_passthrough';
  /** Server name that the client asked for; empty for none. */
  readonly sni: string;
  readonly route: RouteInfo;
  readonly service: ServiceInfo | null;
  /** Whether it was refused. Plugins that follow do not see it. */
  readonly refused: boolean;
  /** Closes the connection; the service is not asked. Nothing can be told the client. */
  refuse(): void;
}
