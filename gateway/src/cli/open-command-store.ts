import { storeTarget } from '../control/source/open-source.ts';
import { OperatorError } from '../errors.ts';
import type { OptionName } from '../settings/options.ts';
import { refuseProblems, resolveOptions, valuesOf } from '../settings/resolve.ts';
import { databaseOf, storeOptions, type StoreSettings } from '../settings/store-settings.ts';
import { StoreUnavailable, type Store } from '../store/contract.ts';
import { exposedIn } from '../store/data-folder.ts';
import { hasStore, openStore } from '../store/open-store.ts';
import type { Io } from './io.ts';
import { givenFlags, type Flags } from './start-options.ts';

/**
 * Which store a command is about: flags and variables are those of `sluice start`.
 *
 * @throws OperatorError (usage)
 */
export function storeSettings(
  flags: Flags,
  { environment }: Pick<Io, 'environment'>,
  further: readonly OptionName[] = [],
): StoreSettings {
  const resolved = resolveOptions(givenFlags(flags), environment, [...storeOptions, ...further]);
  refuseProblems(resolved);
  const values = valuesOf(resolved);
  return { data: values.data, database: databaseOf(values) };
}

/**
 * Whether there is a store where a command looks for it.
 *
 * @throws OperatorError when the store cannot be used
 */
export function isThere(settings: StoreSettings): Promise<boolean> {
  return inOperatorsWords(() => hasStore(storeTarget(settings)));
}

export interface StoreUse {
  readonly settings: StoreSettings;
  /** Whether a store is made where there is none, and an old one changed; otherwise either is an error. */
  readonly prepare: boolean;
  /** Hears what was made, and who else can get at it. */
  readonly stderr: NodeJS.WritableStream;
}

/**
 * Opens a store, has something done with it, and closes it again.
 *
 * @throws OperatorError when the store cannot do its work, is not there, or is of an older version
 */
export async function withStore<T>(
  { settings, prepare, stderr }: StoreUse,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  return inOperatorsWords(async () => {
    const target = storeTarget(settings);
    const info = (message: string): void => void stderr.write(`${message}\n`);
    const store = await openStore(target, { prepare, log: { info } });
    try {
      if (prepare && target.kind === 'sqlite') warnOfExposure(target.folder, stderr);
      return await work(store);
    } finally {
      await store.close();
    }
  });
}

/** Who puts secrets into a folder hears who else can read them. */
export function warnOfExposure(folder: string, stderr: NodeJS.WritableStream): void {
  for (const warning of exposedIn(folder)) stderr.write(`warning: ${warning}\n`);
}

/** What a store throws is an error for the operator of a command. */
export async function inOperatorsWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    throw new OperatorError(`the store cannot be used: ${error.message}`, {
      help: error.help ?? 'Its place is told by --data DIR or --database URL, as for sluice start.',
      cause: error,
    });
  }
}
