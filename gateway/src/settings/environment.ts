import { nearest } from './nearest.ts';
import { optionNames, variableOf } from './options.ts';
import type { Environment } from './resolve.ts';

/** What Kubernetes and Docker set for a service that happens to be called `sluice…`. */
const serviceLink =
  /^SLUICE(_[A-Z0-9_]+)?_(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|PORT(_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)?)$/;

/** A warning for every `SLUICE_*` variable that names no setting. */
export function unknownVariables(environment: Environment): string[] {
  const known = new Set(optionNames.map(variableOf));
  return Object.keys(environment)
    .filter((name) => name.startsWith('SLUICE_') && !known.has(name) && !serviceLink.test(name))
    .sort()
    .map((name) => {
      const meant = nearest(name, known);
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      return `the environment variable ${name} is not a setting of Sluice${hint}`;
    });
}
