import { pluginEntity, type PluginSchema, type PluginSchemas } from '../entities/plugin.ts';
import { nearest } from '../entities/schema/nearest.ts';
import { compileValidator, validatorOf, type Validator } from '../entities/validators.ts';
import { kongPlugins } from './capabilities.ts';

const compiled = new WeakMap<PluginSchema, Validator>();

/** The check of a plugin's instances, compiled once. */
export function pluginValidator(schema: PluginSchema | undefined): Validator {
  if (schema === undefined) return validatorOf('plugins');
  let validator = compiled.get(schema);
  if (validator === undefined) {
    validator = compileValidator(pluginEntity(schema));
    compiled.set(schema, validator);
  }
  return validator;
}

export interface UnknownPlugin {
  readonly message: string;
  readonly suggestion?: string;
  /** Kong has it. */
  readonly unsupported: boolean;
}

/** What to say about a plugin that does not exist. */
export function unknownPlugin(name: string, plugins: PluginSchemas): UnknownPlugin {
  if (kongPlugins.includes(name)) {
    const message = `plugin '${name}' is one of Kong's that Sluice does not run yet`;
    return { message, unsupported: true };
  }
  const suggestion = nearest(name, plugins.keys()) ?? nearest(name, kongPlugins);
  return {
    message: `there is no plugin '${name}'`,
    ...(suggestion === undefined ? {} : { suggestion }),
    unsupported: false,
  };
}
