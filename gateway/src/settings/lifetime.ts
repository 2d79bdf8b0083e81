import { type Kind, ValueError } from './kinds.ts';

const factors: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  y: 365 * 86_400_000,
};

/** How long something is good for, in ms; unlike a `duration` it may be years. */
export function lifetime(): Kind<number> {
  return {
    placeholder: 'TIME',
    notation: 'time: `12h`, `90d`, `4w`, `1y`',
    parse(text) {
      const match = /^(\d{1,6})([smhdwy])$/i.exec(text);
      const factor = factors[match?.[2]?.toLowerCase() ?? ''];
      if (match === null || factor === undefined) throw new ValueError('is not a time');
      const time = Number(match[1]) * factor;
      if (time === 0) throw new ValueError('is over at once');
      if (time > 100 * (factors['y'] ?? 0)) throw new ValueError('is more than a hundred years');
      return time;
    },
    format(value) {
      const unit = ['d', 'h', 'm'].find((name) => value % (factors[name] ?? 1) === 0) ?? 's';
      return `${value / (factors[unit] ?? 1)}${unit}`;
    },
  };
}
