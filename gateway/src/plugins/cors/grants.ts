import type { InferRecord, PluginLog } from '../../plugin/plugin.ts';
import { ANY, compileOrigins } from './origins.ts';
import type { corsConfig } from './schema.ts';

/** What a browser is told of an origin, with preflights and with responses alike. */
export interface Grants {
  /** Whether caches have to keep the answers for different origins apart. */
  readonly vary: boolean;
  /** An origin, `*`, or null for no word about origins. */
  readonly allowOrigin: string | null;
  readonly allowCredentials: boolean;
}

/** Compiles what is told of an origin; undefined and empty stand for a request without one. */
export function grantsOf(
  config: InferRecord<typeof corsConfig>,
  log: PluginLog,
): (origin: string | undefined) => Grants {
  const { credentials, credentials_for_any_origin: byName } = config;
  const origins = compileOrigins(config.origins ?? []);
  if (credentials && !byName && origins.find('null') === ANY) {
    log.warn('credentials are not allowed, since every origin is', {
      help: 'List the origins that may send credentials in config.origins. config.credentials_for_any_origin allows them to all, as Kong does.',
    });
  }

  return function grantsFor(origin) {
    const given = origin === '' ? undefined : origin;
    const { vary } = origins;
    const allowOrigin = origins.find(given);
    if (allowOrigin !== ANY) return { vary, allowOrigin, allowCredentials: credentials };
    // Browsers do not take `*` together with credentials.
    if (!credentials || !byName || given === undefined) {
      return { vary, allowOrigin, allowCredentials: false };
    }
    return { vary: true, allowOrigin: given, allowCredentials: true };
  };
}
