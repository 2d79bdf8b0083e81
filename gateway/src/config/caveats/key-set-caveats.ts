import type { Entity, EntityTables } from '../../entities/tables.ts';
import { caveat, type Caveat } from './caveat.ts';

/** Fields with addresses from which come the keys that tokens are verified with, by plugin. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  jwt: ['jwks_uri'],
  'openid-connect': ['issuer', 'extra_jwks_uris'],
};

/** Of this machine: nobody is on the way there. */
const OWN_HOST = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/**
 * Plugins that read the keys of tokens without TLS. Whoever is on the way can put in keys of their own,
 * and then pass as anybody.
 */
export function keysWithoutTls({ plugins }: EntityTables): Caveat[] {
  const enabled = [...plugins.values()].filter((plugin) => plugin.enabled);
  return Object.entries(FIELDS)
    .map(([name, fields]) =>
      caveat(
        'plugins',
        enabled.filter((plugin) => plugin.name === name && isOpen(plugin, fields)),
        {
          subject: `plugin ${name}: config.${fields.join(' or config.')} without TLS`,
          what: 'keys that are read without TLS can be exchanged on the way, and then anybody passes',
          effect: 'reads the keys of tokens from http: use https',
        },
      ),
    )
    .filter((found) => found !== undefined);
}

function isOpen({ config }: Entity<'plugins'>, fields: readonly string[]): boolean {
  const values: readonly unknown[] = fields.flatMap((field) => config[field]);
  return values.some((value) => typeof value === 'string' && isAwayWithoutTls(value));
}

function isAwayWithoutTls(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.protocol === 'http:' && !OWN_HOST.test(url.hostname);
}
