import { f } from '../../schema/field.ts';
import { luaProblem } from '../../schema/lua/syntax.ts';

/** Names of log fields and the Lua that gives their values. */
export const customFieldsByLua = f.map(
  f.string({ len_min: 1 }),
  f.string({ len_min: 1, check: (code) => parsed(code, 'Error parsing function') }),
);

/** Pieces of Lua that a plugin runs one after the other. */
export function luaFunctions(plugin: string) {
  const code = f.string({ check: (text) => parsed(text, `error parsing ${plugin}`) });
  return f.array(code, { required: true, default: [] });
}

function parsed(code: string, complaint: string): string | undefined {
  const problem = luaProblem(code);
  return problem && `${complaint}: ${problem}`;
}
