/** How `/status` writes amounts of memory. */
export interface ByteFormat {
  /** `b` is a plain number; the others are texts like `1.50 MiB`. */
  readonly unit: 'b' | 'k' | 'm' | 'g';
  /** Decimals. */
  readonly scale: number;
}

export const defaultByteFormat: ByteFormat = { unit: 'm', scale: 2 };

const units = {
  k: { bytes: 2 ** 10, name: 'KiB' },
  m: { bytes: 2 ** 20, name: 'MiB' },
  g: { bytes: 2 ** 30, name: 'GiB' },
} as const;

/** Most decimals that a number has. */
const MOST_DECIMALS = 20;

/**
 * What Kong's `?unit=&scale=` ask for.
 *
 * @returns a text: what is wrong, in Kong's words
 */
export function readByteFormat(unit: string | null, scale: string | null): ByteFormat | string {
  const asked = (unit ?? defaultByteFormat.unit).toLowerCase();
  if (asked === '' || asked === 'b') return { unit: 'b', scale: 0 };
  if (asked !== 'k' && asked !== 'm' && asked !== 'g') {
    return `invalid unit '${unit}' (expected 'k/K', 'm/M', or 'g/G')`;
  }
  // What is no number counts as not given.
  const decimals = scale === null || scale.trim() === '' ? NaN : Number(scale);
  if (Number.isNaN(decimals)) return { unit: asked, scale: defaultByteFormat.scale };
  if (decimals < 0) return 'scale must be equal or greater than 0';
  return { unit: asked, scale: Math.min(Math.floor(decimals), MOST_DECIMALS) };
}

export function formatBytes(bytes: number, { unit, scale }: ByteFormat): string | number {
  if (unit === 'b') return Math.floor(bytes);
  const { bytes: each, name } = units[unit];
  return `${(bytes / each).toFixed(scale)} ${name}`;
}
