import { OperatorError } from '../errors.ts';
import { ValueError } from './kinds.ts';
import {
  type OptionName,
  type OptionValues,
  flagOf,
  optionNames,
  options,
  variableOf,
} from './options.ts';

/** Text of flags that were given, by option. */
export type GivenFlags = Readonly<Partial<Record<OptionName, string>>>;
export type Environment = Readonly<Record<string, string | undefined>>;

export interface ResolvedOption {
  readonly name: OptionName;
  readonly from: 'flag' | 'environment' | 'default';
  /** Undefined when the option was not given and has no default. */
  readonly text: string | undefined;
  /** Undefined when there is no text, or it is wrong. */
  readonly value: unknown;
  /** What is wrong with it, as a whole sentence. */
  readonly problem: string | undefined;
}

/**
 * Finds the value of every option, or of those named: a flag wins over its variable, a variable over the default. An
 * empty variable counts as not set, since compose files and unit files cannot unset one.
 */
export function resolveOptions(
  flags: GivenFlags,
  environment: Environment,
  names: readonly OptionName[] = optionNames,
): ResolvedOption[] {
  return names.map((name) => {
    const flag = flags[name];
    if (flag !== undefined) return read(name, 'flag', flag.trim());
    const variable = environment[variableOf(name)]?.trim();
    if (variable !== undefined && variable !== '') return read(name, 'environment', variable);
    return read(name, 'default', options[name].default);
  });
}

function read(
  name: OptionName,
  from: ResolvedOption['from'],
  text: string | undefined,
): ResolvedOption {
  const { kind, example } = options[name];
  if (text === undefined) return { name, from, text, value: undefined, problem: undefined };
  const giver = from === 'environment' ? variableOf(name) : flagOf(name);
  const sample = from === 'environment' ? `${giver}=${example}` : sampleFlag(name);
  try {
    if (text === '' && options[name].default !== '') throw new ValueError('is empty');
    return { name, from, text, value: kind.parse(text), problem: undefined };
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const given = kind.isSecret === true ? giver : `${giver} "${text}"`;
    const problem = `${given} ${error.message}; for example ${sample}`;
    return { name, from, text, value: undefined, problem };
  }
}

function sampleFlag(name: OptionName): string {
  const { kind, example } = options[name];
  return kind.isSwitch === true ? flagOf(name) : `${flagOf(name)} ${example}`;
}

/**
 * Throws one error that names every value that is wrong.
 *
 * @param also further problems to name with them
 */
export function refuseProblems(
  resolved: readonly ResolvedOption[],
  also: readonly string[] = [],
): void {
  const problems = [...resolved.flatMap(({ problem }) => problem ?? []), ...also];
  if (problems.length === 0) return;
  const message =
    problems.length === 1
      ? problems.join()
      : [`${problems.length} settings are wrong`, ...problems].join('\n  ');
  throw new OperatorError(message, {
    exitCode: 2,
    help: 'Run "sluice start --help" to see all settings.',
  });
}

/** The values themselves, when nothing is wrong with them. */
export function valuesOf(resolved: readonly ResolvedOption[]): OptionValues {
  return Object.fromEntries(
    resolved.map(({ name, value }) => [name, value]),
  ) as unknown as OptionValues;
}
