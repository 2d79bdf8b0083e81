import type { Entity, EntityTables } from '../../entities/tables.ts';
import { missingAnonymous } from './anonymous-caveats.ts';
import { caveat, type Caveat } from './caveat.ts';
import { expiredCertificates } from './certificate-caveats.ts';
import { keysWithoutTls } from './key-set-caveats.ts';
import { trappedPlugins } from './plugin-caveats.ts';
import { guessableSecrets } from './secret-caveats.ts';

/** What the node listens for. */
export interface Doors {
  /** Requests with TLS. */
  readonly https: boolean;
  readonly streams: readonly StreamDoor[];
}

/** A listener for streams. */
export interface StreamDoor {
  /** It takes streams with TLS, and no others. */
  readonly tls: boolean;
  /**
   * Whether connections that come by it may have a destination as a route names it.
   *
   * @param ip an address or block; null for any
   * @param port null for any
   */
  leadsTo(ip: string | null, port: number | null): boolean;
}

export const EVERY_DOOR: Doors = {
  https: true,
  streams: [false, true].map((tls) => ({ tls, leadsTo: () => true })),
};

/**
 * What of a configuration is served, but not as its author may expect.
 *
 * @param doors by which clients can come; all of them where nobody knows
 */
export function caveatsOf(tables: EntityTables, doors: Doors = EVERY_DOOR): Caveat[] {
  const all = [...tables.routes.values()];
  const encrypted = (doors.https ? [] : all).filter(
    ({ protocols }) => protocols.includes('https') && !protocols.includes('http'),
  );
  const streams = all
    .filter(({ protocols }) => protocols.some((protocol) => FOR_STREAMS.has(protocol)))
    .map((route) => ({ route, ways: doors.streams.filter(({ tls }) => isFor(route, tls)) }));
  const patterns = all.filter(({ paths }) => paths?.some(looksLikePattern) === true);
  return [
    caveat('routes', encrypted, {
      subject: 'routes.protocols: https alone',
      what: 'no listener takes TLS',
      effect:
        'answers 426 or a redirect, unless a trusted proxy in front says X-Forwarded-Proto: https',
    }),
    caveat(
      'routes',
      streams.filter(({ ways }) => ways.length === 0).map(({ route }) => route),
      {
        subject: 'routes.protocols: tcp, tls or tls_passthrough',
        what: 'no listener of --stream-listen takes their connections (with `ssl` those of tls and tls_passthrough)',
        effect: 'is never reached',
      },
    ),
    caveat(
      'routes',
      streams
        .filter(({ route, ways }) => ways.length > 0 && !isOneLeadingTo(route, ways))
        .map(({ route }) => route),
      {
        subject: 'routes.destinations',
        what: 'no listener of --stream-listen for their protocols has an address and port of their destinations',
        effect: 'is never reached',
      },
    ),
    caveat('routes', patterns, {
      subject: 'routes.paths: like a regular expression, without ~',
      what: 'since 3.0 regular expressions begin with ~',
      effect: 'has a path that looks like one and is taken letter by letter',
    }),
    caveat(
      'routes',
      all.filter((route) => cannotAsk(route, tables)),
      {
        subject: 'routes.service: of streams',
        what: 'a service of tcp, tls or tls_passthrough answers no requests',
        effect: 'takes requests for one, and answers 503 to them',
      },
    ),
    ...missingAnonymous(tables),
    ...trappedPlugins(tables),
    ...guessableSecrets(tables),
    ...keysWithoutTls(tables),
    expiredCertificates(tables),
  ].filter((found) => found !== undefined);
}

const FOR_REQUESTS: ReadonlySet<string> = new Set(['http', 'https', 'grpc', 'grpcs']);
/** Services of `udp` are not served at all, which is told of them. */
const FOR_STREAMS: ReadonlySet<string> = new Set(['tcp', 'tls', 'tls_passthrough']);

/** Whether a route takes requests for a service that only takes streams. */
function cannotAsk({ protocols, service }: Entity<'routes'>, { services }: EntityTables): boolean {
  const protocol = service === null ? undefined : services.get(service.id)?.protocol;
  return (
    protocol !== undefined &&
    FOR_STREAMS.has(protocol) &&
    protocols.some((taken) => FOR_REQUESTS.has(taken))
  );
}

/** Whether a route takes streams of a door with TLS, or of one without. */
function isFor({ protocols }: Entity<'routes'>, tls: boolean): boolean {
  if (!tls) return protocols.includes('tcp');
  return protocols.includes('tls') || protocols.includes('tls_passthrough');
}

/** Whether some connection by these doors can have a destination that the route takes. */
function isOneLeadingTo({ destinations }: Entity<'routes'>, doors: readonly StreamDoor[]): boolean {
  if (destinations === null || destinations.length === 0) return true;
  return destinations.some(({ ip, port }) => doors.some((door) => door.leadsTo(ip, port)));
}

/** Signs that are rare in a path and common in an expression. */
function looksLikePattern(path: string): boolean {
  return !path.startsWith('~') && /[\\()[\]^|*]|\.\+|\$$/.test(path);
}
