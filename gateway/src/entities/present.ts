import { isDeepStrictEqual } from 'node:util';
import type { PluginSchemas } from './plugin.ts';
import { isHidden, type RecordField } from './schema/field.ts';
import { definitionOf, type Entity, type TableName } from './tables.ts';
import { remainingTime } from './time-to-live.ts';

type Values = Readonly<Record<string, unknown>>;

export interface PresentationContext {
  readonly plugins: PluginSchemas;
  /** Names of the SNIs of a certificate, when it does not bring them along. */
  readonly snis?: readonly string[];
  /** ms since the epoch; the present when absent. */
  readonly now?: number;
}

/**
 * An entity as clients see it: every field, null where there is no value; the time that is left in
 * place of its end; values of plugins also under the names that they used to have.
 */
export function presentEntity(
  table: TableName,
  entity: Entity,
  { plugins, snis = [], now = Date.now() }: PresentationContext,
): Record<string, unknown> {
  const values = entity as Values;
  const { fields } = definitionOf(table);
  const shown: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    if (!isHidden(field)) shown[name] = values[name] ?? null;
  }
  if (fields.expires_at !== undefined) shown.ttl = remainingTime(values.expires_at, now);
  if (table === 'certificates') shown.snis = [...((values.snis as string[] | null) ?? snis)].sort();
  if (table === 'plugins') {
    const schema = plugins.get((entity as Entity<'plugins'>).name);
    if (schema !== undefined) {
      shown.config = withOldNames(schema.config, withoutUnused(schema.config, shown.config));
    }
  }
  return shown;
}

/** A configuration without the fields beyond Kong's that have their default. */
export function withoutUnused({ fields }: RecordField, config: unknown): unknown {
  if (typeof config !== 'object' || config === null) return config;
  const unused = Object.entries(config).filter(([name, value]) => {
    const field = fields[name];
    return field?.beyondKong === true && isDeepStrictEqual(value, field.default ?? null);
  });
  if (unused.length === 0) return config;
  const names = new Set(unused.map(([name]) => name));
  return Object.fromEntries(Object.entries(config).filter(([name]) => !names.has(name)));
}

/** A record in which what was renamed stands under both names. */
function withOldNames(field: RecordField, value: unknown): unknown {
  if (!hasOldNames(field) || typeof value !== 'object' || value === null) return value;
  const shown: Record<string, unknown> = { ...value };
  for (const [name, inner] of Object.entries(field.fields)) {
    if (inner.type === 'record') shown[name] = withOldNames(inner, shown[name]);
  }
  for (const [name, { replaced_with: now }] of Object.entries(field.shorthands ?? {})) {
    const [path] = now ?? [];
    if (path !== undefined) shown[name] = valueAt(shown, path) ?? null;
  }
  return shown;
}

const known = new WeakMap<RecordField, boolean>();

function hasOldNames(field: RecordField): boolean {
  let has = known.get(field);
  if (has === undefined) {
    has =
      Object.values(field.shorthands ?? {}).some(({ replaced_with: now }) => now !== undefined) ||
      Object.values(field.fields).some((inner) => inner.type === 'record' && hasOldNames(inner));
    known.set(field, has);
  }
  return has;
}

function valueAt(record: Values, path: readonly string[]): unknown {
  let value: unknown = record;
  for (const name of path) value = (value as Values | null | undefined)?.[name];
  return value;
}
