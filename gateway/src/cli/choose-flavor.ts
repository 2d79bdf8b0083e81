import { chooseRouterFlavor } from '../entities/router-flavor.ts';
import { refuseProblems, resolveOptions, valuesOf } from '../settings/resolve.ts';
import type { Io } from './io.ts';
import { givenFlags, type Flags } from './start-options.ts';

/**
 * Takes routes as nodes do that are started with the same `--router-flavor`.
 *
 * @throws OperatorError (usage)
 */
export function chooseFlavor(flags: Flags, { environment }: Pick<Io, 'environment'>): void {
  const resolved = resolveOptions(givenFlags(flags), environment, ['router-flavor']);
  refuseProblems(resolved);
  chooseRouterFlavor(valuesOf(resolved)['router-flavor']);
}
