import { defineEntity, type EntityDefinition, type EntityOf } from './definition.ts';
import * as common from './schema/common-fields.ts';
import { f, type EntityCheck, type Field, type RecordField } from './schema/field.ts';

const scope = { default: null, on_delete: 'cascade' } as const;

/** A plugin instance, whatever the plugin: its configuration is not looked into. */
export const plugin = defineEntity({
  name: 'plugins',
  singular: 'plugin',
  endpointKey: 'instance_name',
  cacheKey: ['name', 'route', 'service', 'consumer'],
  subschemaKey: 'name',
  fields: {
    id: common.id,
    name: f.string({ required: true, description: 'Which plugin runs.' }),
    instance_name: common.utf8Name,
    created_at: common.created_at,
    updated_at: common.updated_at,
    route: f.foreign('routes', scope),
    service: f.foreign('services', scope),
    consumer: f.foreign('consumers', scope),
    config: f.record({}, { required: true }),
    protocols: f.set(common.protocol, {
      required: true,
      default: ['grpc', 'grpcs', 'http', 'https'],
    }),
    enabled: f.boolean({ required: true, default: true }),
    tags: common.tags,
  },
});

export type Plugin = Omit<EntityOf<typeof plugin>, 'config'> & {
  readonly config: Readonly<Record<string, unknown>>;
};

/** The parts of a plugin's definition that its instances are checked by. */
export interface PluginSchema {
  readonly name: string;
  readonly config: RecordField;
  readonly protocols: readonly string[];
  /** Scopes that the plugin cannot be bound to. */
  readonly forbids?: readonly ('consumer' | 'service' | 'route')[];
  /** Rules over the instance; names of the configuration start with `config.`. */
  readonly checks?: readonly EntityCheck[];
}

/** The plugins that can be configured, by name. */
export type PluginSchemas = ReadonlyMap<string, PluginSchema>;

/** The definition of the instances of one plugin. */
export function pluginEntity(schema: PluginSchema): EntityDefinition<'plugins'> {
  const fields: Record<string, Field> = {
    ...plugin.fields,
    protocols: f.set(common.protocol, { required: true, default: schema.protocols }),
    config: { ...schema.config, required: true },
  };
  for (const name of schema.forbids ?? []) fields[name] = { ...plugin.fields[name], eq: null };
  return { ...plugin, fields, ...(schema.checks === undefined ? {} : { checks: schema.checks }) };
}
