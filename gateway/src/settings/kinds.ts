/**
 * Kinds of setting: how a value is written by an operator, read, and shown again. What `parse`
 * cannot read it refuses with a `ValueError`, whose message completes «<name> "<value>" …».
 */
export interface Kind<T> {
  /** Stands for the value in help texts, e.g. `SIZE`. */
  readonly placeholder: string;
  /** How the value is written, in a few words, for the reference. */
  readonly notation: string;
  /** Flags of this kind take no value: `--x` and `--no-x`. */
  readonly isSwitch?: boolean;
  /** Giving the flag again adds to the list. */
  readonly isList?: boolean;
  /** The value holds a password: it is not repeated to whoever gave a wrong one, nor shown. */
  readonly isSecret?: boolean;
  parse(text: string): T;
  /** The shortest text from which `parse` gives the same value, passwords blotted out. */
  format(value: T): string;
}

/** What is wrong with a value, in words for the operator. */
export class ValueError extends Error {}

const sizeUnits = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;
const sizeFactors: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  kb: 1024,
  kib: 1024,
  m: 1024 ** 2,
  mb: 1024 ** 2,
  mib: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1024 ** 3,
  gib: 1024 ** 3,
};

/** Bytes. `k`, `kb` and `KiB` all mean 1024, as they do for nginx. */
export function size(range: { min: number; max?: number }): Kind<number> {
  const max = range.max ?? Number.MAX_SAFE_INTEGER;
  return {
    placeholder: 'SIZE',
    notation: `size: bytes, or with \`k\`/\`KiB\`, \`m\`/\`MiB\`, \`g\`/\`GiB\`${boundsOf(range, formatSize)}`,
    parse(text) {
      const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text);
      const factor = sizeFactors[match?.[2]?.toLowerCase() ?? '?'];
      if (match?.[1] === undefined || factor === undefined) {
        throw new ValueError('is not a size');
      }
      return inRange(Math.round(Number(match[1]) * factor), range.min, max, formatSize);
    },
    format: formatSize,
  };
}

function formatSize(bytes: number): string {
  for (const unit of ['GiB', 'MiB', 'KiB'] as const) {
    const factor = sizeUnits[unit];
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${unit}`;
  }
  return String(bytes);
}

const durationFactors: Readonly<Record<string, number>> = {
  ms: 1,
  '': 1000,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Time in ms. A number without unit is seconds, as it is for nginx. */
export function duration(range: { min: number; max?: number }): Kind<number> {
  // Timers of the platform hold at most 2^31 - 1 ms.
  const max = range.max ?? 24 * 3_600_000;
  return {
    placeholder: 'TIME',
    notation: `time: \`500ms\`, \`10s\`, \`5m\`, \`1h\`; a bare number is seconds${boundsOf({ min: range.min, max }, formatDuration)}`,
    parse(text) {
      const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text);
      const factor = durationFactors[match?.[2]?.toLowerCase() ?? '?'];
      if (match?.[1] === undefined || factor === undefined) {
        throw new ValueError('is not a time');
      }
      return inRange(Math.round(Number(match[1]) * factor), range.min, max, formatDuration);
    },
    format: formatDuration,
  };
}

function formatDuration(ms: number): string {
  if (ms === 0) return '0';
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000}h`;
  if (ms % 60_000 === 0 && ms >= 120_000) return `${ms / 60_000}m`;
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** A whole number. */
export function count(range: { min: number; max: number }): Kind<number> {
  return {
    placeholder: 'N',
    notation: `whole number, ${range.min} to ${range.max}`,
    parse(text) {
      if (!/^\d+$/.test(text)) throw new ValueError('is not a whole number');
      return inRange(Number(text), range.min, range.max, String);
    },
    format: String,
  };
}

/** A whole number, or `auto` for what `detect` finds on this machine. */
export function countOrAuto(
  range: { min: number; max: number },
  detect: () => number,
): Kind<number> {
  const plain = count(range);
  return {
    placeholder: 'N',
    notation: `${plain.notation}, or \`auto\``,
    parse: (text) =>
      text.toLowerCase() === 'auto'
        ? Math.min(Math.max(detect(), range.min), range.max)
        : plain.parse(text),
    format: String,
  };
}

/** What a value may be, for the reference; nothing where it may be anything. */
function boundsOf(
  { min, max }: { readonly min: number; readonly max?: number },
  format: (value: number) => string,
): string {
  if (max !== undefined) return `; ${format(min)} to ${format(max)}`;
  return min === 0 ? '' : `; ${format(min)} at least`;
}

function inRange(
  value: number,
  min: number,
  max: number,
  format: (value: number) => string,
): number {
  if (value < min) throw new ValueError(`is too small: the least is ${format(min)}`);
  if (value > max) throw new ValueError(`is too large: the most is ${format(max)}`);
  return value;
}

const on = new Set(['on', 'true', 'yes', '1']);
const off = new Set(['off', 'false', 'no', '0']);

/** On or off. */
export function toggle(): Kind<boolean> {
  return {
    placeholder: 'on|off',
    notation: '`on` or `off`',
    isSwitch: true,
    parse(text) {
      const word = text.toLowerCase();
      if (on.has(word)) return true;
      if (off.has(word)) return false;
      throw new ValueError('is neither on nor off');
    },
    format: (value) => (value ? 'on' : 'off'),
  };
}

/** One of a few words. */
export function oneOf<const W extends string>(...words: readonly W[]): Kind<W> {
  return {
    placeholder: words.join('|'),
    notation: words.map((word) => `\`${word}\``).join(' or '),
    parse(text) {
      const found = words.find((word) => word === text.toLowerCase());
      if (found === undefined) throw new ValueError(`is none of ${words.join(', ')}`);
      return found;
    },
    format: (value) => value,
  };
}

/** Any text but the empty one. */
export function path(placeholder: string, notation: string): Kind<string> {
  return { placeholder, notation, parse: (text) => text, format: (value) => value };
}
