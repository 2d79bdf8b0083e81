import { RE2JS } from 're2js';

/**
 * Compiles a regular expression written for Kong's router (the syntax of Rust's `regex`) into one
 * that runs in linear time. The expression is not anchored; the caller anchors it.
 *
 * Constructs that this engine would read differently are refused, not misread.
 *
 * @param source the expression without the leading `~`
 * @throws Error whose message says what is wrong with the expression
 */
export function compileRegex(source: string): RE2JS {
  try {
    return RE2JS.compile(translate(source));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(message.replace(/^error parsing regexp: /, ''), { cause: error });
  }
}

/** What is wrong with the expression, or undefined. Takes the same source as `compileRegex`. */
export function regexProblem(source: string): string | undefined {
  try {
    compileRegex(source);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const unicodeEscape = /^\\[uU](?:\{([0-9A-Fa-f]{1,8})\}|([0-9A-Fa-f]{8}|[0-9A-Fa-f]{4}))/;
const flagGroup = /^\(\?([a-zA-Z-]*)([:)])/;
const setOperators = ['&&', '--', '~~'];

function translate(source: string): string {
  let out = '';
  let inClass = false;
  for (let at = 0; at < source.length;) {
    const char = source.charAt(at);
    if (char === '\\') {
      const [read, written] = escapeAt(source, at);
      out += written;
      at += read;
    } else if (inClass) {
      refuseSetNotation(source, at);
      const posixClass = source.startsWith('[:', at) ? source.indexOf(':]', at) : -1;
      const end = posixClass < 0 ? at + 1 : posixClass + 2;
      if (char === ']' && posixClass < 0) inClass = false;
      out += source.slice(at, end);
      at = end;
    } else if (char === '[') {
      // A bracket that opens a class may be followed by one that is a member of it: `[]a]`.
      const opening = /^\[\^?\]?/.exec(source.slice(at, at + 3))?.[0] ?? char;
      inClass = true;
      out += opening;
      at += opening.length;
    } else {
      const group = char === '(' ? flagGroup.exec(source.slice(at)) : null;
      out += group === null ? char : flags(group[1] ?? '', group[2] ?? '');
      at += group === null ? 1 : group[0].length;
    }
  }
  return out;
}

function escapeAt(source: string, at: number): [read: number, written: string] {
  const unicode = unicodeEscape.exec(source.slice(at, at + 12));
  if (unicode !== null) return [unicode[0].length, `\\x{${unicode[1] ?? unicode[2] ?? ''}}`];
  if (source.charAt(at + 1) === 'Q')
    throw new Error('literal sections (\\Q…\\E) are not supported');
  return [2, source.slice(at, at + 2)];
}

function refuseSetNotation(source: string, at: number): void {
  if (source.charAt(at) === '[' && source.charAt(at + 1) !== ':') {
    throw new Error("a class within a class is not supported; write a literal '[' as '\\['");
  }
  const operator = source.slice(at, at + 2);
  if (setOperators.includes(operator)) {
    throw new Error(`the class operator '${operator}' is not supported`);
  }
}

/** Unicode is on in both syntaxes, so `u` has nothing to switch on; the other way is refused. */
function flags(names: string, end: string): string {
  const [on = '', off = ''] = names.split('-');
  if (off.includes('u')) throw new Error('switching Unicode off (-u) is not supported');
  if (on.includes('x')) throw new Error('verbose mode (x) is not supported');
  const kept = on.replaceAll('u', '') + (off === '' ? '' : `-${off}`);
  return kept === '' && end === ')' ? '' : `(?${kept}${end}`;
}
