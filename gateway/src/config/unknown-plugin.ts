import type { PluginSchemas } from '../entities/plugin.ts';
import { nearest } from '../entities/schema/nearest.ts';
import { closestTo, isOfEnterprise } from './plugin-relatives.ts';

/** What to say about a plugin that Sluice does not know the schema of. */
export function unknownPlugin(
  name: string,
  plugins: PluginSchemas,
): { readonly message: string; readonly suggestion?: string } {
  if (isOfEnterprise(name)) {
    const what = `plugin '${name}' is one of Kong Enterprise's that Sluice does not have`;
    return { message: withClosest(what, name, plugins) };
  }
  const suggestion = nearest(name, plugins.keys());
  const message = `there is no plugin '${name}'`;
  return { message, ...(suggestion === undefined ? {} : { suggestion }) };
}

/** What to say about a plugin whose schema is known, and that does not run. */
export function idlePlugin(name: string, plugins: PluginSchemas): string {
  const what = `plugin '${name}' is one of Kong's that Sluice does not run yet`;
  return withClosest(what, name, plugins);
}

function withClosest(what: string, name: string, plugins: PluginSchemas): string {
  const runs = (plugin: string): boolean => {
    const schema = plugins.get(plugin);
    return schema !== undefined && schema.schemaOnly !== true;
  };
  const closest = closestTo(name, runs);
  return closest === undefined ? what : `${what}; ${closest}`;
}
