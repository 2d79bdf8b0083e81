import { Command } from 'commander';
import { OperatorError } from '../errors.ts';
import { chooseFlavor } from './choose-flavor.ts';
import { reportFailure } from './failure.ts';
import type { Io } from './io.ts';
import { type Flags, type StartFlags, addSettings, addStartOptions } from './start-options.ts';
import { addStoreCommands } from './store-commands.ts';
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
    .helpCommand('help [command]', 'show this help, or that of a command')
    .helpOption('-h, --help', 'show this help')
    .version(
      versionText().trimEnd(),
      '-v, --version',
      'show the version, as `sluice version` does',
    );
  addStartOptions(program.command('start'))
    .summary('serve a configuration')
    .description(
      'Serve a configuration until told to stop (SIGTERM or Ctrl-C): that of a store, which is changed through the Admin API, or that of a file (--config).',
    )
    .allowExcessArguments()
    .action(async (_options: unknown, command: Command) => {
      refuseArguments(command.args);
      const { start } = await import('./start.ts');
      status = await start(command.opts<StartFlags>(), io);
    });

  addSettings(program.command('check'), ['router-flavor'])
    .summary('say what is wrong with configuration files')
    .description('Read declarative configuration files as a start would, and say what is wrong.')
    .argument('<file...>', 'YAML or JSON files, each checked by itself; - is the standard input')
    .option('--report', 'list what the files use and Sluice does not have yet, with counts')
    .option(
      '--for-store',
      'say what an import into an empty store would, not a start with the file',
    )
    .action(async (files: string[], options: CheckFlags) => {
      const { runCheck } = await import('./check.ts');
      const { report = false, forStore = false } = options;
      chooseFlavor(options, io);
      status = await runCheck(files, { ...io, report, forStore });
    });

  addStoreCommands(program, io, (code) => {
    status = code;
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
    const inner = command?.commands.find((known) => known.name() === args[1]);
    const subject = ['sluice', command?.name(), inner?.name()].filter(Boolean).join(' ');
    return reportFailure(error, io.stderr, `Run "${subject} --help" for help.`);
  }
}

interface CheckFlags extends Flags {
  readonly report?: boolean;
  readonly forStore?: boolean;
}

/** `sluice start kong.yaml` is what everybody types first. */
function refuseArguments([first]: readonly string[]): void {
  if (first === undefined) return;
  throw new OperatorError(`'${first}' stands alone; did you mean --config ${first}?`, {
    exitCode: 2,
    help: 'Run "sluice start --help" for help.',
  });
}
