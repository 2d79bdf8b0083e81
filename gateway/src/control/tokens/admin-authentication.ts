import type { AdminSettings } from '../../settings/node-settings.ts';
import { formatPlace } from '../../settings/listen-kinds.ts';
import { StoreUnavailable, type TokenStore } from '../../store/contract.ts';
import type { GatewayLog } from '../gateway-log.ts';
import type { NodeParts } from '../node-parts.ts';
import { Authenticator } from './authenticator.ts';
import { checkTokenFile, createFirstToken } from './first-token.ts';

/**
 * How those who use the Admin API are told apart. Creates the first token if there has never been
 * one.
 *
 * @returns null when everybody may use it, or there is none
 * @throws OperatorError
 */
export async function adminAuthentication(
  { tokens, folder }: { readonly tokens: TokenStore | null; readonly folder: string | null },
  settings: AdminSettings,
  log: GatewayLog,
): Promise<NodeParts['authenticate']> {
  for (const warning of adminWarnings(settings)) log.warn(warning);
  if (tokens === null || folder === null) return null;
  try {
    await createFirstToken({ tokens, tokenFile: settings.tokenFile, folder, log });
  } catch (error) {
    // A node that has a copy of its configuration had tokens when that was written.
    if (!(error instanceof StoreUnavailable)) throw error;
    log.warn(
      'the Admin API lets nobody in until its tokens can be read; if there are none yet, the next start makes one',
      { reason: error.message },
    );
  }
  const authenticator = new Authenticator(tokens);
  return (secret) => authenticator.authenticate(secret);
}

/**
 * Refuses a token file that cannot be used before anything is made.
 *
 * @throws OperatorError
 */
export function checkAdminSettings({ listen, auth, tokenFile }: AdminSettings): void {
  if (listen.length > 0 && auth && tokenFile !== null) checkTokenFile(tokenFile);
}

/** What is unsafe about these settings. */
export function adminWarnings({ listen, auth }: AdminSettings): string[] {
  if (listen.length === 0 || auth) return [];
  return [
    `the Admin API on ${listen.map(formatPlace).join(', ')} asks nobody for a token (--admin-auth off): every process of this machine may change the gateway`,
  ];
}
