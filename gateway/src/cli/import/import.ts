import { UnservableChange } from '../../control/configuration.ts';
import { createJudgement } from '../../control/trial/create-judgement.ts';
import { OperatorError } from '../../errors.ts';
import { resolveOptions, valuesOf } from '../../settings/resolve.ts';
import { createSnapshot } from '../../snapshot/snapshot.ts';
import { StoreConflict, type Store, type StoredConfiguration } from '../../store/contract.ts';
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
  const declared = await readFiles(paths, io);
  if (!('tables' in declared)) {
    for (const problem of declared) io.stderr.write(`${problem}\n`);
    io.stderr.write(`${countOf(declared.length)}; nothing was imported\n`);
    return 1;
  }
  const use = { settings, create: flags.dryRun !== true, stderr: io.stderr };
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
  if (changes.length === 0) return 0;
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
        judge: judgeOf(stored, flags, io),
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

/** What no thread could serve is not stored either. */
function judgeOf({ tables, revision }: StoredConfiguration, flags: Flags, io: Io) {
  const resolved = resolveOptions(givenFlags(flags), io.environment, ['allow-unsupported-plugins']);
  const judgement = createJudgement(valuesOf(resolved)['allow-unsupported-plugins']);
  const current = createSnapshot(tables, revision);
  return (changes: Parameters<typeof judgement.judge>[1]) => judgement.judge(current, changes);
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
