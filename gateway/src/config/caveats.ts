import { definitionOf, type Entity, type EntityTables } from '../entities/tables.ts';

/** Something that is accepted, as Kong does, and does less here. */
export interface Caveat {
  /** What the entities have in common, e.g. `routes.protocols: grpc`. */
  readonly subject: string;
  readonly count: number;
  /** What becomes of it. */
  readonly effect: string;
  /** The whole of it for an operator, with the entities by name. */
  readonly message: string;
}

type Named = 'routes' | 'services';
type Entities<T extends Named> = readonly Entity<T>[];

/** What of a configuration is served, but not as its author may expect. */
export function caveatsOf({ routes, services }: EntityTables): Caveat[] {
  const all = [...routes.values()];
  const grpc = all.filter(({ protocols }) => protocols.some(isGrpc));
  const encrypted = all.filter(
    ({ protocols }) => protocols.includes('https') && !protocols.includes('http'),
  );
  const patterns = all.filter(({ paths }) => paths?.some(looksLikePattern) === true);
  return [
    caveat('routes', grpc, {
      subject: 'routes.protocols: grpc',
      what: 'gRPC is not proxied yet',
      effect: 'answers 415 or 426 only',
    }),
    caveat(
      'services',
      [...services.values()].filter(({ protocol }) => isGrpc(protocol)),
      {
        subject: 'services.protocol: grpc',
        what: 'gRPC is not proxied yet',
        effect: 'is never asked',
      },
    ),
    caveat('routes', encrypted, {
      subject: 'routes.protocols: https alone',
      what: 'there is no TLS listener yet',
      effect:
        'answers 426 or a redirect, unless a trusted proxy in front says X-Forwarded-Proto: https',
    }),
    caveat('routes', patterns, {
      subject: 'routes.paths: like a regular expression, without ~',
      what: 'since 3.0 regular expressions begin with ~',
      effect: 'has a path that looks like one and is taken letter by letter',
    }),
  ].filter((found) => found !== undefined);
}

function isGrpc(protocol: string): boolean {
  return protocol === 'grpc' || protocol === 'grpcs';
}

/** Signs that are rare in a path and common in an expression. */
function looksLikePattern(path: string): boolean {
  return !path.startsWith('~') && /[\\()[\]^|*]|\.\+|\$$/.test(path);
}

function caveat<T extends Named>(
  table: T,
  entities: Entities<T>,
  { subject, what, effect }: { subject: string; what: string; effect: string },
): Caveat | undefined {
  if (entities.length === 0) return undefined;
  const message = `${what}: ${labels(table, entities)} ${effect}`;
  return { subject, count: entities.length, effect, message };
}

/** Most entities that a message names. */
const mostNamed = 5;

/** `route 'a'`, or `each of routes 'a', 'b' and 3 more`. */
function labels<T extends Named>(table: T, entities: Entities<T>): string {
  const names = entities.slice(0, mostNamed).map(({ name, id }) => `'${name ?? id}'`);
  if (entities.length === 1) return `${definitionOf(table).singular} ${names.join('')}`;
  const rest = entities.length - names.length;
  return `each of ${table} ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
