import type { Entity, EntityTables } from '../../entities/tables.ts';
import { caveat, type Caveat } from './caveat.ts';

/**
 * Consumers as which requests without credentials are to go on, and that are not there. As in Kong
 * such a configuration is accepted: the consumer may be on its way.
 */
export function missingAnonymous({ consumers, plugins }: EntityTables): Caveat[] {
  const users = Map.groupBy(plugins.values(), anonymousOf);
  users.delete(undefined);
  for (const idOrName of users.keys()) {
    if (idOrName !== undefined && consumers.has(idOrName)) users.delete(idOrName);
  }
  for (const { username } of consumers.values()) {
    if (users.size === 0) return [];
    if (username !== null) users.delete(username);
  }
  return [...users]
    .map(([idOrName, entities]) =>
      caveat('plugins', entities, {
        subject: `plugins.config.anonymous: ${idOrName}`,
        what: `there is no consumer with the id or username ${idOrName}`,
        effect:
          'answers 500 to requests without valid credentials, which are to go on as that consumer',
      }),
    )
    .filter((found) => found !== undefined);
}

function anonymousOf({ enabled, config }: Entity<'plugins'>): string | undefined {
  const { anonymous } = config;
  return enabled && typeof anonymous === 'string' && anonymous !== '' ? anonymous : undefined;
}
