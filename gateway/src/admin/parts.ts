import type { LiveConfiguration } from '../control/configuration.ts';
import type { GatewayLog } from '../control/gateway-log.ts';
import type { ServerCertificates } from '../control/tls/server-certificates.ts';
import type { Principal } from './access.ts';
import type { Endpoint } from './endpoint.ts';

/**
 * Finds out whose secret this is.
 *
 * @returns undefined when it is nobody's, or that of a token that was revoked or has expired
 * @throws StoreUnavailable
 */
export type Authenticate = (secret: string) => Promise<Principal | undefined>;

/** What the Admin API is made of. */
export interface AdminParts {
  readonly live: Pick<LiveConfiguration, 'current'>;
  readonly endpoints: readonly Endpoint[];
  /** Null: whoever reaches the listener may do everything. */
  readonly authenticate: Authenticate | null;
  /** Web pages of which origins may use the API; `*` stands for all. */
  readonly corsOrigins: readonly string[];
  readonly log: GatewayLog;
  /** Used by listeners that take TLS. */
  readonly certificates?: ServerCertificates;
  /** Who may send a header of the PROXY protocol, to listeners that take one. */
  readonly trusts?: (peerIp: string) => boolean;
}
