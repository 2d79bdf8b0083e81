import { storeTarget } from '../control/source/open-source.ts';
import { OperatorError } from '../errors.ts';
import type { OptionName } from '../settings/options.ts';
import { refuseProblems, resolveOptions, valuesOf } from '../settings/resolve.ts';
import { databaseOf, storeOptions, type StoreSettings } from '../settings/store-settings.ts';
import { StoreUnavailable, type Store } from '../store/contract.ts';
import { openStore } from '../store/open-store.ts';
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
 * Opens a store, has something done with it, and closes it again.
 *
 * @throws OperatorError when the store cannot do its work
 */
export async function withStore<T>(
  settings: StoreSettings,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  return inOperatorsWords(async () => {
    const store = await openStore(storeTarget(settings));
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  });
}

/** What a store throws is an error for the operator of a command. */
export async function inOperatorsWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    throw new OperatorError(`the store cannot be used: ${error.message}`, {
      help: 'Its place is told by --data DIR or --database URL, as for sluice start.',
      cause: error,
    });
  }
}
