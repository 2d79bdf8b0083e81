import { type Command, Option } from 'commander';
import { storeOptions } from '../settings/store-settings.ts';
import type { ExportFlags } from './export.ts';
import type { ImportFlags } from './import/import.ts';
import type { Io } from './io.ts';
import { addSettings, type Flags } from './start-options.ts';

const WHICH_STORE =
  '\nWhich store is meant is said as for sluice start, by options or by variables such as SLUICE_DATABASE.';

/**
 * Adds the commands that work on a store. What is not needed for the command at hand is never loaded.
 *
 * @param end takes the exit status of the command that ran
 */
export function addStoreCommands(program: Command, io: Io, end: (status: number) => void): void {
  addImport(program, io, end);
  addExport(program, io, end);
  addTokens(program, io, end);
  withStoreOptions(program.command('migrate'))
    .summary('bring the tables of a store to the newest version')
    .description(
      'Bring the tables of a store to the version that this Sluice works with. A start does so by itself; nodes that start together wait for each other.',
    )
    .option('--status', 'only tell what there is to do; exit status 1 if there is')
    .action(async (flags: Flags) => {
      const { runMigrate } = await import('./migrate.ts');
      end(await runMigrate(flags, io));
    });
}

function addImport(program: Command, io: Io, end: (status: number) => void): void {
  addSettings(program.command('import'), ['router-flavor', ...storeOptions])
    .summary('bring declarative configuration into a store')
    .description(
      'Bring declarative configuration into a store, all of it or nothing. Nodes on that store serve it at once.',
    )
    .argument('<file...>', 'YAML or JSON files, each complete in itself; - is the standard input')
    .addOption(
      new Option(
        '--mode <MODE>',
        'replace: entities that are in no file are deleted; merge: they stay. What is in a file becomes what it says, whole, in both. [replace]',
      ).choices(['replace', 'merge']),
    )
    // Not as the setting, which may have a value: that would be the first file.
    .option(
      '--allow-unsupported-plugins',
      'Store plugins that Sluice cannot run where they would have to. Every node on the store must be started with this option as well: others answer 503 on the routes of such plugins.',
    )
    .option('--yes', 'Delete entities that are in no file without asking for this option.')
    .option('--dry-run', 'Check everything and tell what would be done, and do nothing.')
    .option('--verbose', 'Name each entity that changes, however many there are.')
    .addHelpText('after', WHICH_STORE)
    .action(async (files: string[], flags: ImportFlags) => {
      const { runImport } = await import('./import/import.ts');
      end(await runImport(files, flags, io));
    });
}

function addExport(program: Command, io: Io, end: (status: number) => void): void {
  withStoreOptions(program.command('export'))
    .summary('write what a store holds as declarative configuration')
    .description(
      'Write what a store holds as a declarative configuration, secrets included, in the same order each time.',
    )
    .option('-o, --output <FILE>', 'File to write, readable by its owner only. [standard output]')
    .addOption(
      new Option(
        '--format <FORMAT>',
        'yaml or json. [as the name of the file ends, else yaml]',
      ).choices(['yaml', 'json']),
    )
    .option(
      '--copy <FILE>',
      'Write what is in the copy that a node keeps in its directory, snapshot.gz, in place of what is in a store.',
    )
    .action(async (flags: ExportFlags) => {
      const { runExport } = await import('./export.ts');
      end(await runExport(flags, io));
    });
}

function addTokens(program: Command, io: Io, end: (status: number) => void): void {
  const tokens = program
    .command('token')
    .summary('create, list and revoke tokens of the Admin API')
    .description('Create, list and revoke tokens of the Admin API, also while the gateway runs.');
  withTokenOptions(tokens.command('create'))
    .description('Create a token and print it. It is not shown again.')
    .argument('<name>', 'what the history of changes calls whoever uses it')
    .option('--expires <TIME>', 'How long it is good for: 12h, 90d, 1y. [for ever]')
    .action(async (name: string, flags: Flags) => {
      const { createToken } = await import('./token.ts');
      end(await createToken(name, flags, io));
    });
  withTokenOptions(tokens.command('list'))
    .description('List tokens, revoked and expired ones too.')
    .option('--json', 'As JSON.')
    .action(async (flags: Flags) => {
      const { listTokens } = await import('./token.ts');
      end(await listTokens(flags, io));
    });
  withTokenOptions(tokens.command('revoke'))
    .description('Revoke a token. It is good for nothing within a second, on every node.')
    .argument('<name-or-id>')
    .action(async (nameOrId: string, flags: Flags) => {
      const { revokeToken } = await import('./token.ts');
      end(await revokeToken(nameOrId, flags, io));
    });
}

function withStoreOptions(command: Command): Command {
  return addSettings(command, storeOptions).addHelpText('after', WHICH_STORE);
}

/** With `--config` the tokens are those of a node that serves a file. */
function withTokenOptions(command: Command): Command {
  return addSettings(command, ['config', ...storeOptions]).addHelpText('after', WHICH_STORE);
}
