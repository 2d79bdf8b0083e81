import type { Plugin, PluginSchema, PluginSchemas } from '../entities/plugin.ts';
import type { EntityTables } from '../entities/tables.ts';
import { withEffect } from './plugin-effects.ts';
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
    const obstacle = plugin.enabled ? obstacleOf(plugin, plugins.get(plugin.name)) : undefined;
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
export function obstacleOf(plugin: Plugin, schema: PluginSchema | undefined): Obstacle | undefined {
  const { name } = plugin;
  if (schema === undefined) return { field: 'name', message: `there is no plugin '${name}'` };
  if (schema.schemaOnly === true) {
    const message = `plugin '${name}' is one of Kong's that Sluice does not run yet`;
    return { field: 'name', message };
  }
  const [first] = unsupportedIn('plugins', plugin, schema.config.fields);
  return first && { field: first.path.join('.'), message: first.message };
}
