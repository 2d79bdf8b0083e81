import { isIPv6 } from 'node:net';

/**
 * A set of addresses and blocks of both families, compiled for asking: one search in sorted ranges,
 * however many blocks there are. An address of IPv4 that is written as one of IPv6
 * (`::ffff:10.0.0.1`) is the same address; otherwise a block holds addresses of its own family only.
 */
export class AddressSet {
  readonly #v4: Ranges<number>;
  readonly #v6: Ranges<string>;

  /**
   * @param blocks addresses, or blocks such as `10.0.0.0/8`
   * @throws Error that names a block that is none
   */
  constructor(blocks: readonly string[]) {
    const v4: Range<number>[] = [];
    const v6: Range<string>[] = [];
    for (const block of blocks) {
      const slash = block.indexOf('/');
      const address = slash === -1 ? block : block.slice(0, slash);
      const bits = slash === -1 ? null : bitsOf(block.slice(slash + 1));
      if (!address.includes(':')) v4.push(rangeOfV4(readV4(address), bits ?? 32, block));
      else {
        const digits = readV6(address);
        const mapped = digits !== null && isMapped(digits) && (bits ?? 128) >= MAPPED_BITS;
        if (mapped) v4.push(rangeOfV4(unmapped(digits), (bits ?? 128) - MAPPED_BITS, block));
        else v6.push(rangeOfV6(digits, bits ?? 128, block));
      }
    }
    this.#v4 = merge(v4);
    this.#v6 = merge(v6);
  }

  /** Whether an address is in one of the blocks. What is no address is in none. */
  has(address: string): boolean {
    if (!address.includes(':')) {
      const value = readV4(address);
      return value !== -1 && isWithin(this.#v4, value);
    }
    const digits = readV6(address);
    if (digits === null) return false;
    return isMapped(digits) ? isWithin(this.#v4, unmapped(digits)) : isWithin(this.#v6, digits);
  }
}

/** Whether a text is an address or a block. */
export function isAddressBlock(text: string): boolean {
  try {
    new AddressSet([text]);
    return true;
  } catch {
    return false;
  }
}

/** Inclusive. */
interface Range<T> {
  readonly first: T;
  readonly last: T;
}

/** Ascending and apart from each other. */
interface Ranges<T> {
  readonly firsts: readonly T[];
  readonly lasts: readonly T[];
}

const MAPPED = '00000000000000000000ffff';
const MAPPED_BITS = 96;

/** @returns the address as a number, or -1 for what is none */
export function readV4(text: string): number {
  let value = 0;
  let part = -1;
  let parts = 1;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit >= 0 && digit <= 9) {
      // Some read a number with a leading zero as an octal one.
      part = part === -1 ? digit : part === 0 ? 256 : part * 10 + digit;
      if (part > 255) return -1;
    } else if (text[i] === '.' && part !== -1) {
      value = value * 256 + part;
      part = -1;
      parts++;
    } else return -1;
  }
  return parts === 4 && part !== -1 ? value * 256 + part : -1;
}

/** @returns the address as 32 hexadecimal digits, which compare as it does, or null for what is none */
export function readV6(text: string): string | null {
  if (!isIPv6(text)) return null;
  const zone = text.indexOf('%');
  const address = zone === -1 ? text : text.slice(0, zone);
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = digitsOf(head);
  if (tail === undefined) return before;
  const after = digitsOf(tail);
  return before + '0'.repeat(32 - before.length - after.length) + after;
}

/** The digits of groups, each four of them; the last may be written as an address of IPv4. */
function digitsOf(groups: string): string {
  if (groups === '') return '';
  let digits = '';
  for (const group of groups.split(':')) {
    digits += group.includes('.')
      ? readV4(group).toString(16).padStart(8, '0')
      : group.padStart(4, '0');
  }
  return digits;
}

function bitsOf(text: string): number {
  return /^\d{1,3}$/.test(text) ? Number(text) : NaN;
}

function isMapped(digits: string): boolean {
  return digits.startsWith(MAPPED);
}

function unmapped(digits: string): number {
  return parseInt(digits.slice(MAPPED.length), 16);
}

function rangeOfV4(address: number, bits: number, block: string): Range<number> {
  if (address === -1 || !(bits >= 0 && bits <= 32)) throw noBlock(block);
  const size = 2 ** (32 - bits);
  const first = address - (address % size);
  return { first, last: first + size - 1 };
}

function rangeOfV6(digits: string | null, bits: number, block: string): Range<string> {
  if (digits === null || !(bits >= 0 && bits <= 128)) throw noBlock(block);
  const whole = Math.floor(bits / 4);
  const start = digits.slice(0, whole);
  if (whole === 32) return { first: digits, last: digits };
  // The digit in which the block ends, with the bits behind its end cleared and set.
  const free = 2 ** (4 - (bits % 4));
  const digit = parseInt(digits.charAt(whole), 16);
  const low = digit - (digit % free);
  const first = (start + low.toString(16)).padEnd(32, '0');
  const last = (start + (low + free - 1).toString(16)).padEnd(32, 'f');
  return { first, last };
}

function noBlock(block: string): Error {
  return new Error(`'${block}' is no address and no block of addresses`);
}

function merge<T extends number | string>(ranges: Range<T>[]): Ranges<T> {
  const sorted = ranges.sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const firsts: T[] = [];
  const lasts: T[] = [];
  for (const { first, last } of sorted) {
    const previous = lasts.at(-1);
    if (previous === undefined || first > previous) {
      firsts.push(first);
      lasts.push(last);
    } else if (last > previous) lasts[lasts.length - 1] = last;
  }
  return { firsts, lasts };
}

function isWithin<T extends number | string>({ firsts, lasts }: Ranges<T>, value: T): boolean {
  let low = 0;
  let high = firsts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (firsts[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low > 0 && value <= lasts[low - 1]!;
}
