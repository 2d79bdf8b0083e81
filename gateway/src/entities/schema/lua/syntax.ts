import { LuaSyntaxError } from './lexer.ts';
import { Parser } from './parser.ts';

/**
 * What is wrong with a piece of Lua in the words of LuaJIT, or undefined. Nothing here runs Lua; but
 * a configuration that Kong would refuse for a slip of the pen is refused here too.
 */
export function luaProblem(source: string): string | undefined {
  try {
    new Parser(source).chunk();
    return undefined;
  } catch (error) {
    if (!(error instanceof LuaSyntaxError)) throw error;
    return `[string "${chunkName(source)}"]:${error.line}: ${error.message}`;
  }
}

/** Longest name of a piece of Lua, and of one that goes on. */
const longest = 48;
const longestBeginning = 45;

/** A piece of Lua is called by its first line. */
function chunkName(source: string): string {
  // eslint-disable-next-line no-control-regex -- what ends the name is any control character
  const line = /^[^\u0000-\u001F]*/.exec(source)?.[0] ?? '';
  if (line.length === source.length && line.length <= longest) return line;
  return `${line.slice(0, longestBeginning)}...`;
}
