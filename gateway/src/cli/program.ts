import { Command } from 'commander';
import { reportFailure } from './failure.ts';
import type { Io } from './io.ts';
import { type StartFlags, addStartOptions } from './start-options.ts';
import { versionText } from './version.ts';

/**
 * Runs the command line. What is not needed for the command at hand is never loaded.
 *
 * @param args what follows `sluice`
 * @returns exit status: 0 success, 1 failure, 2 wrong usage
 */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  let status = 0;
  const program = new Command('sluice')
    .description("An API gateway that reads Kong's configuration.")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      // Failures are reported in one place, below.
      outputError: () => undefined,
    })
    .helpCommand(false)
    .helpOption('-h, --help', 'show this help')
    .version(
      versionText().trimEnd(),
      '-v, --version',
      'show the version, as `sluice version` does',
    );
  addStartOptions(program.command('start'))
    .summary('serve a declarative configuration')
    .description('Serve a declarative configuration until told to stop (SIGTERM or Ctrl-C).')
    .action(async (_options: unknown, command: Command) => {
      const { start } = await import('./start.ts');
      status = await start(command.opts<StartFlags>(), io);
    });

  program
    .command('check')
    .summary('say what is wrong with configuration files')
    .description('Read declarative configuration files as a start would, and say what is wrong.')
    .argument('<file...>', 'YAML or JSON files, each checked by itself')
    .option('--report', 'list what the files use and Sluice does not have yet, with counts')
    .action(async (files: string[], options: { report?: boolean }) => {
      const { runCheck } = await import('./check.ts');
      const { stdout, stderr } = io;
      status = await runCheck(files, { report: options.report ?? false, stdout, stderr });
    });

  program
    .command('version')
    .summary('show the version of Sluice and of Node')
    .description('Show the version of Sluice and of the Node that runs it.')
    .action(() => {
      io.stdout.write(versionText());
    });

  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    const command = program.commands.find((known) => known.name() === args[0]);
    const subject = command === undefined ? 'sluice' : `sluice ${command.name()}`;
    return reportFailure(error, io.stderr, `Run "${subject} --help" for help.`);
  }
}
