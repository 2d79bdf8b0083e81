import { type Command, Option } from 'commander';
import type { Kind } from '../settings/kinds.ts';
import {
  type OptionName,
  flagOf,
  optionGroups,
  optionNames,
  options,
} from '../settings/options.ts';
import type { GivenFlags } from '../settings/resolve.ts';

/** Options of a command by commander's names: those of the settings and its own. */
export interface Flags {
  readonly [attribute: string]: unknown;
}

export interface StartFlags extends Flags {
  readonly printSettings?: 'table' | 'json';
}

/** Gives a command every setting as an option. */
export function addStartOptions(command: Command): Command {
  return addSettings(command)
    .addOption(
      new Option('--print-settings [FORMAT]', 'Show every setting and who gave it, then end.')
        .choices(['table', 'json'])
        .preset('table')
        .helpGroup('Other:'),
    )
    .addHelpOption(new Option('-h, --help', 'Show this help.').helpGroup('Other:'))
    .addHelpText(
      'after',
      '\nEach setting can be a variable too: --proxy-listen is SLUICE_PROXY_LISTEN.\nFlags win over variables, variables over defaults.',
    );
}

/** Gives a command these settings as options, or all of them. */
export function addSettings(command: Command, names: readonly OptionName[] = optionNames): Command {
  for (const [group, members] of Object.entries(optionGroups)) {
    for (const name of Object.keys(members) as OptionName[]) {
      if (names.includes(name)) addSetting(command, name, group);
    }
  }
  return command;
}

function addSetting(command: Command, name: OptionName, group: string): void {
  const { kind, help, default: fallback } = options[name];
  const shownDefault = fallback === undefined || fallback === '' ? '' : ` [${fallback}]`;
  const description = help.replaceAll('`', '') + shownDefault;
  const option = new Option(`${flagOf(name)} ${argument(kind)}`, description);
  option.helpGroup(`${group}:`);
  option.argParser((text: string, previous: unknown) =>
    kind.isList === true && typeof previous === 'string' ? `${previous},${text}` : text,
  );
  command.addOption(option);
  if (kind.isSwitch === true) {
    command.addOption(new Option(`--no-${name}`).hideHelp());
    // Commander makes the default of a switch that can be negated true.
    command.setOptionValue(option.attributeName(), undefined);
  }
}

function argument(kind: Kind<unknown>): string {
  return kind.isSwitch === true ? `[${kind.placeholder}]` : `<${kind.placeholder}>`;
}

/** The text of each setting that was given as a flag. */
export function givenFlags(flags: Flags): GivenFlags {
  const given: Partial<Record<OptionName, string>> = {};
  for (const name of optionNames) {
    const value = flags[new Option(flagOf(name)).attributeName()];
    if (typeof value === 'string') given[name] = value;
    if (typeof value === 'boolean') given[name] = value ? 'on' : 'off';
  }
  return given;
}
