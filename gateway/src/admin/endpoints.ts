import type { Endpoint } from './endpoint.ts';
import { fixedEndpoints } from './fixed/endpoints.ts';
import type { FixedParts } from './fixed/parts.ts';
import { resourceEndpoints } from './resources/resource-endpoints.ts';

/** Everything that the Admin API answers at. */
export function adminEndpoints(parts: Omit<FixedParts, 'all'>): readonly Endpoint[] {
  const all: readonly Endpoint[] = [
    ...resourceEndpoints(parts.live),
    ...fixedEndpoints({ ...parts, all: () => all }),
  ];
  return all;
}
