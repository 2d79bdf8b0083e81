import { BenchError } from './bench-error.ts';
import { type BenchOptions, optionsHelp, readOptions } from './options.ts';
import { Session, failBench } from './session.ts';

/**
 * Runs a suite from the command line and ends the process with its status.
 *
 * @param about what the suite measures, for `--help`
 */
export async function runSuite(
  about: string,
  body: (session: Session, options: BenchOptions) => Promise<void>,
): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(`${about}\n\n${optionsHelp}`);
    return;
  }
  const session = new Session();
  session.closeWithProcess();
  try {
    await body(session, readOptions(args));
  } catch (error) {
    // What fails because it was interrupted says nothing.
    if (!session.closed) failBench(error);
  } finally {
    await session.close();
  }
}

/**
 * The ones of these names, in their order; all when none is named.
 *
 * @throws BenchError for a name that there is not
 */
export function choose<T extends { readonly name: string }>(
  all: readonly T[],
  names: readonly string[],
): T[] {
  for (const name of names) {
    if (all.some((one) => one.name === name)) continue;
    const known = all.map((one) => one.name).join(', ');
    throw new BenchError(`there is no ${JSON.stringify(name)} here; there are ${known}`);
  }
  return all.filter(({ name }) => names.length === 0 || names.includes(name));
}

/** A line that the next one takes the place of; only for people who watch. */
export function progress(text: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${text}`);
}
