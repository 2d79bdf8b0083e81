import { isIP } from 'node:net';
import type { Literal } from './expression.ts';
import { ExpressionError } from './expression-error.ts';
import type { TextReader } from './text-reader.ts';

const QUOTED = /"(?:[^"\\]|\\["\\nrt])*"/y;
/** Everything up to the mark that ends it stands for itself. */
const RAW = /r#"[^]*?"#/y;
const ESCAPE = /\\(.)/g;
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
/** An address, perhaps with a number of bits. Checked in full afterwards. */
const ADDRESS = /(?:\d+\.\d+\.\d+\.\d+|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)(?:\/\d+)?/y;
const INTEGER = /-?(?:0[xX][0-9A-Fa-f]+|\d+)/y;
const QUOTE = /"/y;
const RAW_START = /r#"/y;

/**
 * Reads what a field is compared with.
 *
 * @throws ExpressionError
 */
export function readLiteral(reader: TextReader): Literal {
  const { at, text } = reader;
  const quoted = reader.take(QUOTED);
  if (quoted !== null) return { type: 'text', text: unescaped(quoted.slice(1, -1)) };
  const raw = reader.take(RAW);
  if (raw !== null) return { type: 'text', text: raw.slice('r#"'.length, -'"#'.length) };
  if (reader.take(QUOTE) !== null || reader.take(RAW_START) !== null) {
    const problem = 'text that does not end, or has another escape than \\" \\\\ \\n \\r \\t';
    throw new ExpressionError(text, at, problem);
  }
  const address = reader.take(ADDRESS);
  if (address !== null) return addressOf(address, text, at);
  const integer = reader.take(INTEGER);
  if (integer === null) reader.fail('expected text, an integer, an address or a block of them');
  const number = numberOf(integer);
  if (!Number.isSafeInteger(number)) throw new ExpressionError(text, at, 'not an integer');
  return { type: 'integer', number };
}

function unescaped(text: string): string {
  return text.replace(ESCAPE, (_, char: string) => ESCAPED[char] ?? char);
}

function addressOf(written: string, text: string, at: number): Literal {
  const [address = '', bits] = written.split('/');
  const family = isIP(address);
  if (family === 0) throw new ExpressionError(text, at, `${address} is not an IP address`);
  if (bits === undefined) return { type: 'address', address };
  const most = family === 4 ? 32 : 128;
  if (Number(bits) > most) {
    throw new ExpressionError(text, at, `a block of IPv${family} has at most ${most} bits`);
  }
  return { type: 'block', block: written };
}

/** Octal with a leading 0, as in Kong. NaN for a digit that is none. */
function numberOf(written: string): number {
  const isNegative = written.startsWith('-');
  const digits = isNegative ? written.slice(1) : written;
  const isOctal = /^0\d/.test(digits);
  const value = Number(isOctal ? `0o${digits.slice(1)}` : digits);
  return isNegative ? -value : value;
}
