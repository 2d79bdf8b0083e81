import { unknownVariables } from '../settings/environment.ts';
import { settingsJson, settingsTable } from '../settings/print-settings.ts';
import { refuseProblems, resolveOptions } from '../settings/resolve.ts';
import { toNodeSettings } from '../settings/settings.ts';
import type { Io } from './io.ts';
import { type StartFlags, givenFlags } from './start-options.ts';

/**
 * `sluice start`: resolves the settings and runs the gateway until it is told to stop.
 *
 * @returns exit status
 * @throws OperatorError naming every setting that is wrong
 */
export async function start(flags: StartFlags, io: Io): Promise<number> {
  const resolved = resolveOptions(givenFlags(flags), io.environment);
  for (const warning of unknownVariables(io.environment)) {
    io.stderr.write(`sluice: warning: ${warning}\n`);
  }
  if (flags.printSettings !== undefined) {
    refuseProblems(resolved);
    io.stdout.write(
      flags.printSettings === 'json' ? settingsJson(resolved) : settingsTable(resolved),
    );
    return 0;
  }
  const settings = toNodeSettings(resolved);
  const { runGateway } = await import('./gateway.ts');
  return runGateway(settings, resolved);
}
