import type { PluginSchemas } from '../entities/plugin.ts';
import { nearest } from '../entities/schema/nearest.ts';

/** What to say about a plugin that neither Kong nor Sluice has. */
export function unknownPlugin(
  name: string,
  plugins: PluginSchemas,
): { readonly message: string; readonly suggestion?: string } {
  const suggestion = nearest(name, plugins.keys());
  const message = `there is no plugin '${name}'`;
  return { message, ...(suggestion === undefined ? {} : { suggestion }) };
}
