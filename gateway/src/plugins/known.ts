import { kongPlugins } from '../entities/kong-plugins/all.ts';
import type { PluginSchema, PluginSchemas } from '../entities/plugin.ts';
import { bundledPlugins } from './bundled.ts';

/** Every plugin that can be configured: those that come with the gateway, and the others of Kong. */
export const knownPlugins: PluginSchemas = new Map<string, PluginSchema>(
  [...kongPlugins, ...bundledPlugins.values()]
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((schema) => [schema.name, schema]),
);
