import { storeTarget } from '../control/source/open-source.ts';
import { migrate, migrationStatus } from '../store/open-store.ts';
import type { Io } from './io.ts';
import { inOperatorsWords, storeSettings } from './open-command-store.ts';
import type { Flags } from './start-options.ts';

/**
 * `sluice migrate`: brings the tables of a store to what this version works with.
 *
 * @param status only tell what there is to do
 * @returns exit status; with `status` 1 when there is something to do
 */
export async function runMigrate(flags: Flags & { status?: boolean }, io: Io): Promise<number> {
  const target = storeTarget(storeSettings(flags, io));
  return inOperatorsWords(async () => {
    if (flags.status === true) {
      const { current, newest, pending } = await migrationStatus(target);
      io.stdout.write(`tables are at version ${current}, the newest is ${newest}\n`);
      for (const step of pending) io.stdout.write(`to do: ${step}\n`);
      return pending.length === 0 ? 0 : 1;
    }
    const done = await migrate(target);
    for (const step of done) io.stdout.write(`done: ${step}\n`);
    if (done.length === 0) io.stdout.write('nothing to do\n');
    return 0;
  });
}
