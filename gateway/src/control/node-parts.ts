import type { Listen } from '../settings/node-settings.ts';
import type { AdministeredNode } from './administered-node.ts';
import type { LiveConfiguration } from './configuration.ts';
import type { GatewayLog } from './gateway-log.ts';
import type { ServerCertificates } from './tls/server-certificates.ts';
import type { TokenHolder } from './tokens/authenticator.ts';

/** What the Admin API of a node is made of. */
export interface NodeParts {
  readonly live: LiveConfiguration;
  readonly node: AdministeredNode;
  /**
   * Finds out whose token a secret is; undefined when it is good for nothing. Null when nobody is
   * asked for one.
   */
  readonly authenticate: ((secret: string) => Promise<TokenHolder | undefined>) | null;
  readonly corsOrigins: readonly string[];
  readonly log: GatewayLog;
  /** Used by listeners that take TLS. */
  readonly certificates: ServerCertificates;
  /** Who may send a header of the PROXY protocol, to listeners that take one. */
  readonly trusts: (peerIp: string) => boolean;
}

/** A listener that a node opens and closes. */
export interface NodeListener {
  /** Where it listens, with the port that is really bound. */
  readonly listen: Listen;
  close(): Promise<void>;
}

/**
 * Opens the Admin API, which stands above the node and is handed to it.
 *
 * @throws OperatorError when the address cannot be had
 */
export type OpenAdmin = (listen: Listen, parts: NodeParts) => Promise<NodeListener>;
