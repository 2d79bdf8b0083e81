import type { JsonObject } from '../support/admin-client.ts';
import type { DeckApi } from './api.ts';
import type { KindName } from './kinds.ts';

/** A field as `/schemas` publishes it, as far as decK reads it. */
interface SchemaField {
  readonly type?: string;
  readonly default?: unknown;
  readonly required?: boolean;
  readonly fields?: readonly Record<string, SchemaField>[];
  readonly shorthand_fields?: readonly Record<string, SchemaField>[];
  readonly elements?: SchemaField;
  readonly deprecation?: { readonly replaced_with?: readonly { readonly path: string[] }[] };
}

/** Kinds whose schema decK asks for. */
const withSchema: Partial<Record<KindName, string>> = {
  services: 'services',
  routes: 'routes',
  upstreams: 'upstreams',
  targets: 'targets',
};

/** What the gateway says that a file leaves out. */
export class Defaults {
  readonly #entities: ReadonlyMap<KindName, SchemaField>;
  readonly #plugins: ReadonlyMap<string, SchemaField>;

  constructor(
    entities: ReadonlyMap<KindName, SchemaField>,
    plugins: ReadonlyMap<string, SchemaField>,
  ) {
    this.#entities = entities;
    this.#plugins = plugins;
  }

  /** Asks for the schemas of entities and of these plugins, each once. */
  static async read(api: DeckApi, pluginNames: Iterable<string>): Promise<Defaults> {
    const entities = new Map<KindName, SchemaField>();
    for (const [kind, name] of Object.entries(withSchema)) {
      entities.set(kind as KindName, (await api.get(`/schemas/${name}`)) as SchemaField);
    }
    await api.get('/schemas/consumer_group_plugins', [404]);
    const plugins = new Map<string, SchemaField>();
    for (const name of new Set(pluginNames)) {
      // A plugin that there is not is refused when it is written.
      const schema = await api.get(`/schemas/plugins/${name}`, [404]);
      if (schema !== undefined) plugins.set(name, schema);
    }
    return new Defaults(entities, plugins);
  }

  /** An entity with what it leaves out. */
  fill(kind: KindName, entity: JsonObject): JsonObject {
    const schema = this.#entities.get(kind);
    if (schema !== undefined) return filledEntity(schema, entity);
    const plugin = kind === 'plugins' ? this.#plugins.get(entity['name'] as string) : undefined;
    return plugin === undefined ? entity : filledPlugin(plugin, entity);
  }
}

function namedFields(list: SchemaField['fields']): [string, SchemaField][] {
  return (list ?? []).flatMap((one) => Object.entries(one));
}

function filledEntity(schema: SchemaField, entity: JsonObject): JsonObject {
  const filled = { ...entity };
  for (const [name, field] of namedFields(schema.fields)) {
    const value = filled[name];
    if (value === undefined && field.default !== undefined) filled[name] = field.default;
    if (field.type !== 'record' || value === null) continue;
    const nested = filledEntity(field, (filled[name] ?? {}) as JsonObject);
    if (Object.keys(nested).length > 0) filled[name] = nested;
  }
  return filled;
}

function filledPlugin(schema: SchemaField, plugin: JsonObject): JsonObject {
  const fields = new Map(namedFields(schema.fields));
  const protocols = plugin['protocols'] ?? fields.get('protocols')?.default;
  const config = filledRecord(fields.get('config') ?? {}, (plugin['config'] ?? {}) as JsonObject);
  return { enabled: true, ...plugin, protocols, config };
}

/** Fills a record of a plugin's configuration: whatever is not given is there, at least as null. */
function filledRecord(schema: SchemaField, given: JsonObject): JsonObject {
  const shorthands = namedFields(schema.shorthand_fields);
  const renamed = withoutShorthands(shorthands, given);
  const filled: JsonObject = {};
  for (const [name, field] of namedFields(schema.fields)) {
    filled[name] = filledValue(field, renamed[name]);
  }
  for (const [name, value] of Object.entries(renamed)) filled[name] ??= value;
  for (const [name, field] of shorthands) {
    const path = replacement(field);
    if (path !== undefined) filled[name] = valueAt(filled, path);
  }
  return filled;
}

function filledValue(field: SchemaField, given: unknown): unknown {
  const value = given === undefined ? (field.default ?? null) : given;
  if (field.type === 'record') {
    if (value === null && field.required !== true) return null;
    return filledRecord(field, (value ?? {}) as JsonObject);
  }
  const { elements } = field;
  if (Array.isArray(value) && elements?.type === 'record') {
    return value.map((item) => filledRecord(elements, item as JsonObject));
  }
  return value;
}

function replacement(field: SchemaField): string[] | undefined {
  return field.deprecation?.replaced_with?.[0]?.path;
}

/** Values under old names, where they stand now. */
function withoutShorthands(
  shorthands: readonly [string, SchemaField][],
  given: JsonObject,
): JsonObject {
  const renamed = structuredClone(given);
  for (const [name, field] of shorthands) {
    const path = replacement(field);
    const value = renamed[name];
    if (path === undefined || value === undefined) continue;
    delete renamed[name];
    let place = renamed;
    for (const step of path.slice(0, -1)) place = (place[step] ??= {}) as JsonObject;
    place[path.at(-1) ?? ''] ??= value;
  }
  return renamed;
}

function valueAt(record: JsonObject, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (value as JsonObject | null)?.[step] ?? null,
    record,
  );
}
