import { flagOf, options, variableOf } from './options.ts';
import type { ResolvedOption } from './resolve.ts';

/** A line for every setting: its name, its value, and who gave it. Ends in a newline. */
export function settingsTable(resolved: readonly ResolvedOption[]): string {
  const rows = [
    ['SETTING', 'VALUE', 'FROM'],
    ...resolved.map((option) => [option.name, shownValue(option), origin(option)]),
  ];
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const widths = [width(0), Math.min(width(1), 50)];
  return rows
    .map(([name = '', value = '', from = '']) =>
      [name.padEnd(widths[0] ?? 0), value.padEnd(widths[1] ?? 0), from].join('  ').concat('\n'),
    )
    .join('');
}

/** The same for programs: an object by setting name. */
export function settingsJson(resolved: readonly ResolvedOption[]): string {
  const entries = resolved.map((option) => [
    option.name,
    {
      value: option.value === undefined ? null : options[option.name].kind.format(option.value),
      from: option.from,
      flag: flagOf(option.name),
      variable: variableOf(option.name),
    },
  ]);
  return JSON.stringify(Object.fromEntries(entries), null, 2) + '\n';
}

function shownValue({ name, text, value }: ResolvedOption): string {
  if (text === undefined) return '(not given)';
  const shown = options[name].kind.format(value);
  if (text === 'auto') return `${shown} (auto)`;
  return shown === '' ? '(none)' : shown;
}

function origin({ name, from }: ResolvedOption): string {
  if (from === 'flag') return flagOf(name);
  return from === 'environment' ? variableOf(name) : 'default';
}
