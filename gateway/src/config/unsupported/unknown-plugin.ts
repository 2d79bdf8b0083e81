import type { PluginSchemas } from '../../entities/plugin.ts';
import { closestPlugin } from '../../entities/not-enabled.ts';
import { nearest } from '../../entities/schema/nearest.ts';
import { isOfEnterprise } from '../../entities/plugin-relatives.ts';
import type { Unsupported } from '../problem.ts';

/** What to say about a plugin that Sluice does not know the schema of. */
export function unknownPlugin(
  name: string,
  plugins: PluginSchemas,
): {
  readonly message: string;
  readonly suggestion?: string;
  readonly unsupported?: Unsupported;
} {
  if (isOfEnterprise(name)) {
    const what = `plugin '${name}' is one of Kong Enterprise's that Sluice does not have`;
    const unsupported = { ...unsupportedPlugin(name, plugins), otherEdition: true };
    return { message: withClosest(what, name, plugins), unsupported };
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

/** How a plugin counts that does not run at all. */
export function unsupportedPlugin(name: string, plugins: PluginSchemas): Unsupported {
  return { group: `plugin ${name}`, instead: closestPlugin(name, plugins) };
}

function withClosest(what: string, name: string, plugins: PluginSchemas): string {
  const instead = closestPlugin(name, plugins);
  return instead === undefined ? what : `${what}; ${instead}`;
}
