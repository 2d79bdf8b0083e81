import type { PluginSchema } from '../plugin.ts';
import type { RecordField } from '../schema/field.ts';

/** The version of Kong whose schemas these are. */
const kongVersion = '3.9.3';

export const httpProtocols = ['grpc', 'grpcs', 'http', 'https'] as const;

interface Description extends Pick<
  PluginSchema,
  'name' | 'priority' | 'forbids' | 'checks' | 'anyProtocol' | 'protocols'
> {
  readonly config: RecordField;
}

/** Describes a plugin of Kong's that does not run here: what its configuration looks like. */
export function knownPlugin(description: Partial<Description> & KnownBy): PluginSchema {
  const { config, protocols = httpProtocols, ...rest } = description;
  return {
    ...rest,
    version: kongVersion,
    protocols,
    config: { ...config, required: true },
    schemaOnly: true,
  };
}

type KnownBy = Pick<Description, 'name' | 'priority' | 'config'>;
