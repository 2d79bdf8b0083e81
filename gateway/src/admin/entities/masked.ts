import type { PluginSchemas } from '../../entities/plugin.ts';
import { isHidden, type Field, type Fields } from '../../entities/schema/field.ts';
import { definitionOf, type Entity, type TableName } from '../../entities/tables.ts';

type Values = Readonly<Record<string, unknown>>;

const MASK = '******';

/** Secrets that the definitions do not mark, since Kong publishes them without a mark. */
const secretFields: Readonly<Partial<Record<TableName, readonly string[]>>> = {
  keyauth_credentials: ['key'],
  basicauth_credentials: ['password'],
  jwt_secrets: ['secret'],
  hmacauth_credentials: ['secret'],
  oauth2_credentials: ['client_secret'],
  certificates: ['key', 'key_alt'],
  keys: ['jwk', 'pem'],
};

/** Whether what entities of a table are called by is a secret itself. */
export function isNamedBySecret(table: TableName): boolean {
  const { endpointKey } = definitionOf(table);
  return endpointKey !== null && secretFields[table]?.includes(endpointKey) === true;
}

/**
 * An entity without its secrets. What tells of changes is no place to look secrets up, least of all
 * those that were revoked, so there is no way around this.
 */
export function withoutSecrets(table: TableName, entity: Entity, plugins: PluginSchemas): Values {
  const { fields } = definitionOf(table);
  const masked = maskedRecord(fields, entity);
  for (const name of secretFields[table] ?? []) masked[name] = maskedValue(masked[name]);
  for (const name in fields) if (isHidden(fields[name]!)) delete masked[name];
  if (table !== 'plugins') return masked;
  const { name, config } = entity as Entity<'plugins'>;
  const schema = plugins.get(name);
  // Of a plugin that is not known any more nobody can say what is secret.
  return {
    ...masked,
    config: schema === undefined ? MASK : maskedRecord(schema.config.fields, config),
  };
}

function maskedRecord(fields: Fields, values: Values): Record<string, unknown> {
  const masked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const field = fields[name];
    masked[name] = field === undefined ? value : maskedBy(field, value);
  }
  return masked;
}

function maskedBy(field: Field, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  if (field.encrypted === true || field.referenceable === true) return maskedValue(value);
  switch (field.type) {
    case 'record':
      return maskedRecord(field.fields, value as Values);
    case 'map':
      return Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [name, maskedBy(field.values, inner)]),
      );
    case 'array':
    case 'set':
      return (value as readonly unknown[]).map((element) => maskedBy(field.elements, element));
    default:
      return value;
  }
}

function maskedValue(value: unknown): unknown {
  return value === null || value === undefined ? null : MASK;
}
