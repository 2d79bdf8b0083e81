import { UnservableChange } from '../../control/configuration.ts';
import { ConfigurationCaveats } from '../../control/source/configuration-caveats.ts';
import { createJudgement } from '../../control/trial/create-judgement.ts';
import { Runnable } from '../../control/trial/runnable.ts';
import type { Plugin } from '../../entities/plugin.ts';
import type { EntityTables } from '../../entities/tables.ts';
import { OperatorError } from '../../errors.ts';
import { bundledPlugins } from '../../plugins/bundled.ts';
import { knownPlugins } from '../../plugins/known.ts';
import { resolveOptions, valuesOf } from '../../settings/resolve.ts';
import { followingSnapshot } from '../../snapshot/following.ts';
import { createSnapshot } from '../../snapshot/snapshot.ts';
import { StoreConflict, type Store } from '../../store/contract.ts';
import { conflictMessage } from './conflict-message.ts';
import { countOf } from '../check-report.ts';
import type { Io } from '../io.ts';
import { storeSettings, withStore } from '../open-command-store.ts';
import { givenFlags, type Flags } from '../start-options.ts';
import { apply, planImport, summary, type ImportMode } from './plan.ts';
import { Progress } from './progress.ts';
import { readFiles, type Declared } from './read-files.ts';

export interface ImportFlags extends Flags {
  readonly mode?: ImportMode;
  /** Delete without asking. */
  readonly yes?: boolean;
  /** Only tell what would be done. */
  readonly dryRun?: boolean;
}

/**
 * `sluice import`: brings declarative files into a store, all of them or nothing.
 *
 * @returns exit status
 * @throws OperatorError
 */
export async function runImport(
  paths: readonly string[],
  flags: ImportFlags,
  io: Io,
): Promise<number> {
  const settings = storeSettings(flags, io, ['allow-unsupported-plugins']);
  const declared = await readFiles(paths, io, isUnsupportedAllowed(flags, io));
  if ('problems' in declared) {
    const { problems, isWhole } = declared;
    const more = isWhole ? '' : ' and perhaps more, since not all could be looked at';
    for (const problem of problems) io.stderr.write(`${problem}\n`);
    io.stderr.write(`${countOf(problems.length)}${more}; nothing was imported\n`);
    return 1;
  }
  const use = { settings, prepare: flags.dryRun !== true, stderr: io.stderr };
  return withStore(use, (store) => importInto(store, declared, paths, flags, io));
}

async function importInto(
  store: Store,
  declared: Declared,
  paths: readonly string[],
  flags: ImportFlags,
  io: Io,
): Promise<number> {
  const stored = await store.load();
  const changes = await planImport(declared, stored.tables, flags.mode ?? 'replace');
  io.stderr.write(summary(changes));
  const deleted = changes.filter(({ after }) => after === null).length;
  if (flags.dryRun !== true && deleted > 0 && flags.yes !== true) {
    throw new OperatorError(`${deleted} entities that are in no file would be deleted`, {
      help: 'Say --yes if that is meant, or keep them with --mode merge.',
    });
  }
  const current = createSnapshot(stored.tables, stored.revision);
  warn(followingSnapshot(current, changes, stored.revision).tables, io);
  if (changes.length === 0) return 0;
  const judgement = createJudgement(isUnsupportedAllowed(flags, io));
  const progress = new Progress(io.stderr, changes.length);
  try {
    const { revision } = await store.transaction(
      async (tx) => {
        progress.restart();
        for (const change of changes) {
          await apply(tx, change);
          progress.step();
        }
        progress.end();
      },
      {
        by: 'sluice import',
        reason: `import ${paths.join(' ')}`,
        dryRun: flags.dryRun,
        judge: (judged) => judgement.judge(current, judged),
      },
    );
    io.stderr.write(
      flags.dryRun === true
        ? 'nothing was changed (--dry-run)\n'
        : `imported as revision ${revision}\n`,
    );
    return 0;
  } catch (error) {
    throw asOperatorError(error);
  }
}

/** Tells what nodes on the store will list among their warnings; how they are started is not known. */
function warn(tables: EntityTables, io: Io): void {
  const runnable = new Runnable(knownPlugins, bundledPlugins);
  const blocks = (plugin: Plugin): boolean => runnable.problemOf(plugin) !== null;
  const rules = { blocks, ignored: false, running: bundledPlugins };
  const caveats = new ConfigurationCaveats(rules);
  for (const caveat of caveats.in(tables)) io.stderr.write(`warning: ${caveat}\n`);
}

/** Whether plugins are stored that would have to run and cannot. */
function isUnsupportedAllowed(flags: Flags, io: Io): boolean {
  const resolved = resolveOptions(givenFlags(flags), io.environment, ['allow-unsupported-plugins']);
  return valuesOf(resolved)['allow-unsupported-plugins'];
}

function asOperatorError(error: unknown): unknown {
  if (error instanceof UnservableChange) {
    const lines = error.problems.map(({ message }) => message);
    return new OperatorError(
      ['what was declared cannot be served; nothing was imported', ...lines].join('\n  '),
    );
  }
  if (error instanceof StoreConflict) {
    return new OperatorError(`${conflictMessage(error.conflict)}; nothing was imported`);
  }
  return error;
}
