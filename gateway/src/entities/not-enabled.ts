import type { PluginSchemas } from './plugin.ts';
import { closestTo } from './plugin-relatives.ts';
import type { Failure } from './schema/failure.ts';
import { nearest } from './schema/nearest.ts';

/**
 * What is said of an instance of a plugin that does not exist. Kong's words, but where something can be
 * told that helps: there is no property `plugins` to add anything to.
 */
export function notEnabled(name: string, plugins: PluginSchemas): Failure {
  const advice = adviceOn(name, plugins) ?? "add it to the 'plugins' configuration property";
  return { path: ['name'], message: `plugin '${name}' not enabled; ${advice}`, rule: 'check' };
}

function adviceOn(name: string, plugins: PluginSchemas): string | undefined {
  const closest = closestPlugin(name, plugins);
  if (closest !== undefined) return closest;
  const meant = nearest(name, plugins.keys());
  return meant === undefined ? undefined : `did you mean '${meant}'?`;
}

/** What comes closest to a plugin of Kong's among those that run here, to be said behind its name. */
export function closestPlugin(name: string, plugins: PluginSchemas): string | undefined {
  return closestTo(name, (plugin) => {
    const schema = plugins.get(plugin);
    return schema !== undefined && schema.schemaOnly !== true;
  });
}
