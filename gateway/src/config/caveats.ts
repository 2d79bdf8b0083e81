import type { Entity, EntityTables } from '../entities/tables.ts';
import { caveat, type Caveat } from './caveat.ts';
import { certificateCaveats } from './certificate-caveats.ts';

/** What the node listens for. */
export interface Doors {
  /** Requests with TLS. */
  readonly https: boolean;
  /** Streams without TLS, and with it. */
  readonly tcp: boolean;
  readonly tls: boolean;
}

export const EVERY_DOOR: Doors = { https: true, tcp: true, tls: true };

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
  const patterns = all.filter(({ paths }) => paths?.some(looksLikePattern) === true);
  const routes = [
    caveat('routes', encrypted, {
      subject: 'routes.protocols: https alone',
      what: 'no listener takes TLS',
      effect:
        'answers 426 or a redirect, unless a trusted proxy in front says X-Forwarded-Proto: https',
    }),
    caveat(
      'routes',
      all.filter(({ protocols }) => isShut(protocols, doors)),
      {
        subject: 'routes.protocols: tcp, tls or tls_passthrough',
        what: 'no listener of --stream-listen takes their connections (with `ssl` those of tls and tls_passthrough)',
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
  ].filter((found) => found !== undefined);
  return [...routes, ...certificateCaveats(tables)];
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

/** Whether all connections of a route for streams find the door shut. */
function isShut(protocols: readonly string[], { tcp, tls }: Doors): boolean {
  const forTcp = protocols.includes('tcp');
  const forTls = protocols.includes('tls') || protocols.includes('tls_passthrough');
  return (forTcp || forTls) && !(forTcp && tcp) && !(forTls && tls);
}

/** Signs that are rare in a path and common in an expression. */
function looksLikePattern(path: string): boolean {
  return !path.startsWith('~') && /[\\()[\]^|*]|\.\+|\$$/.test(path);
}
