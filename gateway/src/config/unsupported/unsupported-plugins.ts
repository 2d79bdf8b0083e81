import type { Plugin, PluginSchemas } from '../../entities/plugin.ts';
import type { EntityTables } from '../../entities/tables.ts';
import { withEffect } from '../plugin-effects.ts';
import { idlePlugin, unknownPlugin } from './unknown-plugin.ts';
import { unsupportedIn } from './unsupported.ts';

/** Why a plugin cannot run as it is configured. */
export interface Obstacle {
  /** Dotted field whose value is the reason; `name` when the plugin as such does not run. */
  readonly field: string;
  readonly message: string;
}

/** An instance of a plugin that would have to run, and cannot. */
export interface UnsupportedPlugin extends Obstacle {
  readonly table: 'plugins';
  readonly id: string;
  /** The plugin. */
  readonly name: string;
}

/** The plugins that would take effect on some route and that this version cannot run. */
export function unsupportedPlugins(
  tables: EntityTables,
  plugins: PluginSchemas,
): UnsupportedPlugin[] {
  const found = new Map<Plugin, Obstacle>();
  for (const plugin of tables.plugins.values()) {
    const obstacle = plugin.enabled ? obstacleOf(plugin, plugins) : undefined;
    if (obstacle !== undefined) found.set(plugin, obstacle);
  }
  return withEffect(tables, found.keys()).map((plugin) => ({
    table: 'plugins',
    id: plugin.id,
    name: plugin.name,
    ...(found.get(plugin) as Obstacle),
  }));
}

/** Why an instance cannot run, whether it has to or not; undefined when it can. */
export function obstacleOf(plugin: Plugin, plugins: PluginSchemas): Obstacle | undefined {
  const { name } = plugin;
  const schema = plugins.get(name);
  if (schema === undefined) return { field: 'name', message: unknownPlugin(name, plugins).message };
  if (schema.schemaOnly === true) return { field: 'name', message: idlePlugin(name, plugins) };
  const [first] = unsupportedIn('plugins', plugin, schema.config.fields);
  return first && { field: first.path.join('.'), message: first.message };
}
