import { nearest } from '../entities/schema/nearest.ts';
import { optionNames, variableOf } from './options.ts';
import type { Environment } from './resolve.ts';

const prefix = 'SLUICE_';

/** What Kubernetes and Docker set for a service that happens to be called `sluice…`. */
const serviceLink =
  /^SLUICE(_[A-Z0-9_]+)?_(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|PORT(_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)?)$/;

/** A warning for every `SLUICE_*` variable that names no setting. */
export function unknownVariables(environment: Environment): string[] {
  const known = new Set(optionNames.map(variableOf));
  return Object.keys(environment)
    .filter((name) => name.startsWith(prefix) && !known.has(name) && !serviceLink.test(name))
    .sort()
    .map((name) => {
      // Without the prefix that all share, lest everything looks near.
      const suffixes = [...known].map((variable) => variable.slice(prefix.length));
      const meant = nearest(name.slice(prefix.length), suffixes);
      const hint = meant === undefined ? '' : `; did you mean ${prefix}${meant}?`;
      return `the environment variable ${name} is not a setting of Sluice${hint}`;
    });
}
