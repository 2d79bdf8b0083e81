/**
 * An error meant for whoever runs the gateway. The message says what is wrong and where, `help`
 * says how to mend it. The command line prints both and no stack trace.
 */
export class OperatorError extends Error {
  /** Exit status of the command that failed: 1 failure, 2 wrong usage. */
  readonly exitCode: 1 | 2;
  readonly help: string | undefined;

  constructor(message: string, options: { help?: string; exitCode?: 1 | 2; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'OperatorError';
    this.help = options.help;
    this.exitCode = options.exitCode ?? 1;
  }
}
