import { host, wildcardHost } from '../../schema/checks.ts';
import { f, type Field, type Shorthand } from '../../schema/field.ts';
import { inPlaceOf } from './queue.ts';

export const redisFields = {
  host: f.string({ check: host, description: 'Host of the Redis server.' }),
  port: f.integer({ default: 6379, between: [0, 65_535], description: 'Its port.' }),
  timeout: f.integer({
    default: 2000,
    between: [0, 2_147_483_646],
    description: 'Longest time for connecting, sending and reading, ms each.',
  }),
  username: f.string({ referenceable: true, description: 'User to log in as.' }),
  password: f.string({
    referenceable: true,
    encrypted: true,
    len_min: 0,
    description: 'Password of that user, or of the server.',
  }),
  database: f.integer({ default: 0, description: 'Number of the database.' }),
  ssl: f.boolean({ default: false, description: 'Whether to use TLS.' }),
  ssl_verify: f.boolean({
    default: false,
    description: 'Whether the certificate of the server must be right.',
  }),
  server_name: f.string({
    check: wildcardHost,
    description: 'Name that the certificate must be for, and that is sent as SNI.',
  }),
};

/** The Redis server that a plugin keeps its counters in. */
export const redis = f.record(redisFields, {
  required: true,
  description: 'The Redis server of `policy: redis`.',
});

const oldNames = {
  redis_host: f.string(),
  redis_port: f.integer(),
  redis_password: f.string({ len_min: 0 }),
  redis_username: f.string(),
  redis_ssl: f.boolean(),
  redis_ssl_verify: f.boolean(),
  redis_server_name: f.string(),
  redis_timeout: f.integer(),
  redis_database: f.integer(),
};

/** The names that the fields of `redis` had when they stood in the configuration itself. */
export function redisShorthands(plugin: string): Readonly<Record<string, Shorthand>> {
  return Object.fromEntries(
    Object.entries(oldNames).map(([name, field]) => {
      const now = ['redis', name.slice('redis_'.length)];
      return [name, renamed(field, now, inPlaceOf(plugin, name, now.join('.')))];
    }),
  );
}

/** A field under the name that it used to have. */
export function renamed(
  field: Field,
  now: readonly string[],
  deprecation: NonNullable<Shorthand['deprecation']>,
): Shorthand {
  const path = now.join('.');
  return {
    field,
    translate: (value: unknown) => ({ [path]: value }),
    deprecation,
    replaced_with: [now],
  };
}
