import type { Caveat } from '../../config/caveats/caveat.ts';
import { UnservableChange } from '../../control/configuration.ts';
import { ConfigurationCaveats } from '../../control/source/configuration-caveats.ts';
import { createJudgement } from '../../control/trial/create-judgement.ts';
import type { Judgement } from '../../control/trial/judgement.ts';
import { Runnable } from '../../control/trial/runnable.ts';
import type { Plugin } from '../../entities/plugin.ts';
import type { EntityTables } from '../../entities/tables.ts';
import { OperatorError } from '../../errors.ts';
import { bundledPlugins } from '../../plugins/bundled.ts';
import { knownPlugins } from '../../plugins/known.ts';
import { resolveOptions, valuesOf } from '../../settings/resolve.ts';
import { followingSnapshot } from '../../snapshot/following.ts';
import { createSnapshot, type Snapshot } from '../../snapshot/snapshot.ts';
import { StoreConflict, type Store, type StoredConfiguration } from '../../store/contract.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { changeList, summary } from './change-list.ts';
import { conflictMessage } from './conflict-message.ts';
import { countOf } from '../check-report.ts';
import { chooseFlavor } from '../choose-flavor.ts';
import type { Io } from '../io.ts';
import { isThere, storeSettings, withStore } from '../open-command-store.ts';
import { givenFlags, type Flags } from '../start-options.ts';
import { apply, planImport, type ImportMode, type ImportPlan } from './plan.ts';
import { Progress } from './progress.ts';
import { readFiles, type Declared, type Refused } from './read-files.ts';
import { UnstorableFiles } from './unstorable.ts';

export interface ImportFlags extends Flags {
  readonly mode?: ImportMode;
  /** Delete without asking. */
  readonly yes?: boolean;
  /** Only tell what would be done. */
  readonly dryRun?: boolean;
  /** Name each change, however many there are. */
  readonly verbose?: boolean;
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
  chooseFlavor(flags, io);
  const settings = storeSettings(flags, io, ['allow-unsupported-plugins']);
  const isAllowed = isUnsupportedAllowed(flags, io);
  const declared = await readFiles(paths, io, isAllowed);
  if ('problems' in declared) return refuse(declared, io);
  const use = { settings, prepare: flags.dryRun !== true, stderr: io.stderr };
  const work = { declared, paths, flags, judgement: createJudgement(isAllowed) };
  try {
    // What is refused leaves nothing behind, so a store is made for what can be stored only.
    if (use.prepare && !(await isThere(settings))) await tryOut(work);
    return await withStore(use, (store) => importInto(store, work, io));
  } catch (error) {
    if (error instanceof UnstorableFiles) return refuse({ ...error, isWhole: true }, io);
    throw asOperatorError(error);
  }
}

interface ImportWork {
  readonly declared: Declared;
  readonly paths: readonly string[];
  readonly flags: ImportFlags;
  readonly judgement: Judgement;
}

/** @returns exit status */
function refuse({ problems, isWhole }: Refused, { stderr }: Io): number {
  const more = isWhole ? '' : ' and perhaps more, since not all could be looked at';
  for (const problem of problems) stderr.write(`${problem}\n`);
  stderr.write(`${countOf(problems.length)}${more}; nothing was imported\n`);
  return 1;
}

/** @throws UnstorableFiles or StoreConflict when not even an empty store would take what was declared */
async function tryOut(work: ImportWork): Promise<void> {
  const store = new MemoryStore();
  const { changes } = await judgedPlan(await store.load(), work);
  await store.transaction(async (tx) => {
    for (const change of changes) await apply(tx, change);
  });
}

/** @throws UnstorableFiles */
async function judgedPlan(
  { tables, revision }: StoredConfiguration,
  { declared, flags, judgement }: ImportWork,
): Promise<ImportPlan & { readonly current: Snapshot }> {
  const plan = await planImport(declared, tables, flags.mode ?? 'replace');
  const current = createSnapshot(tables, revision);
  try {
    await judgement.judge(current, plan.changes);
    return { ...plan, current };
  } catch (error) {
    if (error instanceof UnservableChange) throw new UnstorableFiles(error, plan);
    throw error;
  }
}

async function importInto(store: Store, work: ImportWork, io: Io): Promise<number> {
  const { paths, flags } = work;
  const stored = await store.load();
  const { changes, tables, current } = await judgedPlan(stored, work);
  const deleted = changes.filter(({ after }) => after === null).length;
  const isRefused = flags.dryRun !== true && deleted > 0 && flags.yes !== true;
  const isListed = flags.dryRun === true || flags.verbose === true || isRefused;
  const known = [stored.tables, tables];
  io.stderr.write(isListed ? changeList(changes, known, flags.verbose === true) : summary(changes));
  if (isRefused) {
    throw new OperatorError(`${deleted} entities that are in no file would be deleted`, {
      help: 'Say --yes if that is meant, or keep them with --mode merge.',
    });
  }
  warn(followingSnapshot(current, changes, stored.revision).tables, work.declared.misread, io);
  if (changes.length === 0) return 0;
  const progress = new Progress(io.stderr, changes.length);
  const { revision } = await store.transaction(
    async (tx) => {
      progress.restart();
      for (const change of changes) {
        await apply(tx, change);
        progress.step();
      }
      progress.end();
    },
    { by: 'sluice import', reason: `import ${paths.join(' ')}`, dryRun: flags.dryRun },
  );
  io.stderr.write(
    flags.dryRun === true
      ? 'nothing was changed (--dry-run)\n'
      : `imported as revision ${revision}\n`,
  );
  return 0;
}

/** Tells what nodes on the store will list among their warnings; how they are started is not known. */
function warn(tables: EntityTables, misread: readonly Caveat[], io: Io): void {
  const runnable = new Runnable(knownPlugins, bundledPlugins);
  const includes = (plugin: Plugin): boolean => runnable.problemOf(plugin) !== null;
  const caveats = new ConfigurationCaveats({ includes, ignored: false }, bundledPlugins);
  const told = [...misread.map(({ message }) => message), ...caveats.in(tables)];
  for (const caveat of told) io.stderr.write(`warning: ${caveat}\n`);
}

/** Whether plugins are stored that would have to run and cannot. */
function isUnsupportedAllowed(flags: Flags, io: Io): boolean {
  const resolved = resolveOptions(givenFlags(flags), io.environment, ['allow-unsupported-plugins']);
  return valuesOf(resolved)['allow-unsupported-plugins'];
}

function asOperatorError(error: unknown): unknown {
  if (!(error instanceof StoreConflict)) return error;
  return new OperatorError(`${conflictMessage(error.conflict)}; nothing was imported`);
}
