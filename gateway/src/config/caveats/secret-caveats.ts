import { isReference } from '../../entities/reference.ts';
import type { Entity, EntityTables } from '../../entities/tables.ts';
import { caveat, type Caveat } from './caveat.ts';

/** Fields with which cookies are encrypted, by plugin. */
const FIELDS: Readonly<Record<string, string>> = {
  session: 'secret',
  'openid-connect': 'session_secret',
};

/** Shortest secret that nobody tries out, in characters: 32 of `openssl rand -hex` are 128 bits. */
const SHORTEST = 32;

/**
 * Plugins whose cookies are encrypted with a secret so short that whoever has a cookie may find it by
 * trying. Kong takes any.
 */
export function guessableSecrets({ plugins }: EntityTables): Caveat[] {
  const enabled = [...plugins.values()].filter((plugin) => plugin.enabled);
  return Object.entries(FIELDS)
    .map(([name, field]) =>
      caveat(
        'plugins',
        enabled.filter((plugin) => plugin.name === name && isShort(plugin, field)),
        {
          subject: `plugin ${name}: config.${field} of fewer than ${SHORTEST} characters`,
          what: `a short ${field} can be found by trying, by anybody with a cookie`,
          effect: 'has one, with which others can make sessions: use `openssl rand -hex 32`',
        },
      ),
    )
    .filter((found) => found !== undefined);
}

function isShort({ config }: Entity<'plugins'>, field: string): boolean {
  const { [field]: secret } = config;
  return typeof secret === 'string' && secret.length < SHORTEST && !isReference(secret);
}
