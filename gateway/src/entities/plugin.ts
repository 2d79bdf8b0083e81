import { defineEntity, type EntityDefinition, type EntityOf } from './definition.ts';
import * as common from './schema/common-fields.ts';
import {
  f,
  type EntityCheck,
  type Field,
  type Fields,
  type ListField,
  type RecordField,
} from './schema/field.ts';

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
    config: f.record({}, { required: true, abstract: true }),
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
  readonly version: string;
  /** Higher runs earlier. */
  readonly priority: number;
  readonly config: RecordField;
  /** What its instances are for unless they say otherwise. */
  readonly protocols: readonly string[];
  /** Instances may be for every protocol, not only for those of `protocols`. */
  readonly anyProtocol?: boolean;
  /** Scopes that the plugin cannot be bound to. */
  readonly forbids?: readonly ('consumer' | 'service' | 'route')[];
  /** Rules over the instance; names of the configuration start with `config.`. */
  readonly checks?: readonly EntityCheck[];
  /** Kong has it, and configurations may carry it, but nothing here runs it. */
  readonly schemaOnly?: true;
}

/** The plugins that can be configured, by name. */
export type PluginSchemas = ReadonlyMap<string, PluginSchema>;

/** Which protocols the instances of a plugin may be for. */
function protocolField(schema: PluginSchema): ListField {
  const { protocols, anyProtocol = false } = schema;
  const element = anyProtocol ? common.protocol : f.string({ one_of: protocols });
  return f.set(element, { required: true, default: protocols });
}

/** The fields in which the instances of one plugin differ from those of others. */
export function pluginFields(schema: PluginSchema): Fields {
  const fields: Record<string, Field> = {};
  for (const name of schema.forbids ?? []) {
    fields[name] = f.foreign(plugin.fields[name].reference, { eq: null });
  }
  return {
    ...fields,
    protocols: protocolField(schema),
    config: { ...schema.config, required: true },
  };
}

/** The definition of the instances of one plugin. */
export function pluginEntity(schema: PluginSchema): EntityDefinition<'plugins'> {
  const fields = { ...plugin.fields, ...pluginFields(schema) };
  return { ...plugin, fields, ...(schema.checks === undefined ? {} : { checks: schema.checks }) };
}
