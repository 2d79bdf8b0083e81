import type { PluginSchema } from '../plugin.ts';
import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { luaFunctions } from './parts/lua.ts';

const phases = ['certificate', 'rewrite', 'access', 'header_filter', 'body_filter', 'log'] as const;

/** Lua of one's own, before or after all other plugins. */
function functions(name: string, priority: number): PluginSchema {
  const code = luaFunctions(name);
  return knownPlugin({
    name,
    priority,
    anyProtocol: true,
    forbids: ['consumer'],
    config: f.record(Object.fromEntries(phases.map((phase) => [phase, code]))),
    checks: [{ at_least_one_of: phases.map((phase) => `config.${phase}`) }],
  });
}

export const preFunction = functions('pre-function', 1_000_000);
export const postFunction = functions('post-function', -1000);
