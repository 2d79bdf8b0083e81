import { CommanderError } from 'commander';
import { OperatorError } from '../errors.ts';

/**
 * Tells the operator why a command failed. Only what nobody foresaw is shown with its stack.
 *
 * @param usageHelp where to read on after wrong usage
 * @returns exit status
 */
export function reportFailure(
  error: unknown,
  stderr: NodeJS.WritableStream,
  usageHelp: string,
): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    // The help text has been shown already, since there was nothing else to do.
    if (error.code === 'commander.help') return 2;
    stderr.write(`sluice: ${ownWords(error.message)}\n${usageHelp}\n`);
    return 2;
  }
  if (error instanceof OperatorError) {
    stderr.write(`sluice: ${error.message}\n`);
    if (error.help !== undefined) stderr.write(`${error.help}\n`);
    return error.exitCode;
  }
  const shown = error instanceof Error ? (error.stack ?? error.message) : String(error);
  stderr.write(`sluice: internal error, please report it: ${shown}\n`);
  return 1;
}

/** «error: unknown option '--x'\n(Did you mean --y?)» on one line. */
function ownWords(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (.*)\?\)/s, '; did you mean $1?');
}
