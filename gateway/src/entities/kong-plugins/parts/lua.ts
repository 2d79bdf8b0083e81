import { f } from '../../schema/field.ts';

/** Names of log fields and the Lua that gives their values. */
export const customFieldsByLua = f.map(f.string({ len_min: 1 }), f.string({ len_min: 1 }));

/** Pieces of Lua that run one after the other. */
export const luaFunctions = f.array(f.string(), { required: true, default: [] });
