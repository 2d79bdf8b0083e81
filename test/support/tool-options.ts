import { parseArgs, type ParseArgsConfig } from 'node:util';

/** An option of a tool; all of them take a value. */
export interface ToolOption {
  /** Stands for the value in the help. */
  readonly placeholder: string;
  /** Where it is not given. */
  readonly default?: string;
  readonly help: string;
}

export interface ToolUsage<Name extends string> {
  /** As it is called, such as `npm run soak --`. */
  readonly command: string;
  readonly summary: string;
  readonly options: Readonly<Record<Name, ToolOption>>;
}

/** A tool was called in a way that it does not know; the message is for whoever called it. */
export class ToolUseError extends Error {}

/**
 * Hands the options of the command line to a tool. With `--help` it prints what there is instead; a
 * wrong use, also one that the tool throws as a `ToolUseError`, is told in a line, with exit status 2.
 */
export async function withOptions<Name extends string>(
  usage: ToolUsage<Name>,
  run: (values: Readonly<Partial<Record<Name, string>>>) => Promise<void>,
): Promise<void> {
  try {
    const values = read(usage, process.argv.slice(2));
    if (values === null) console.log(helpOf(usage));
    else await run(values);
  } catch (error) {
    if (!(error instanceof ToolUseError)) throw error;
    console.error(`${error.message} (--help lists the options)`);
    process.exitCode = 2;
  }
}

/** @returns null where help is asked for */
function read<Name extends string>(
  { options }: ToolUsage<Name>,
  args: readonly string[],
): Readonly<Partial<Record<Name, string>>> | null {
  const names = Object.keys(options) as Name[];
  const known: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
  for (const name of names) known[name] = { type: 'string' };
  try {
    const { values } = parseArgs({ args: [...args], options: known });
    if (values['help'] === true) return null;
    const given: Partial<Record<Name, string>> = {};
    for (const name of names) {
      const value = values[name];
      if (typeof value === 'string') given[name] = value;
    }
    return given;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // What is behind the first sentence is for whoever calls parseArgs.
    throw new ToolUseError(error.message.split(/[.\n] ?/, 1)[0]);
  }
}

function helpOf({ command, summary, options }: ToolUsage<string>): string {
  const rows = Object.entries(options).map(([name, option]): [string, string] => {
    const fallback = option.default === undefined ? '' : ` (default ${option.default})`;
    return [`--${name} ${option.placeholder}`, option.help + fallback];
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  const lines = rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
  return [`Usage: ${command} [options]`, '', summary, '', ...lines].join('\n');
}

/**
 * Reads a number.
 *
 * @param most what it may be at most
 * @throws ToolUseError for anything but a number above 0 and up to `most`
 */
export function readAmount(name: string, text: string, most: number): number {
  const value = Number(text);
  if (value > 0 && value <= most) return value;
  throw new ToolUseError(`--${name} takes a number above 0 and up to ${most}, not '${text}'`);
}

/**
 * The seed of a run, one by chance where none is given.
 *
 * @throws ToolUseError for anything but a whole number below 2^32
 */
export function readSeed(text: string | undefined): number {
  if (text === undefined) return Date.now() % 2 ** 32;
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32) return Number(text);
  throw new ToolUseError(`--seed takes a whole number from 0 to ${2 ** 32 - 1}, not '${text}'`);
}
