import type { EntityTables } from '../entities/tables.ts';
import { caveat, type Caveat } from './caveat.ts';

/**
 * What of a configuration is served, but not as its author may expect.
 *
 * @param takesTls whether clients can come with TLS; taken for granted where nobody knows
 */
export function caveatsOf({ routes, services }: EntityTables, takesTls = true): Caveat[] {
  const all = [...routes.values()];
  const grpc = all.filter(({ protocols }) => protocols.some(isGrpc));
  const encrypted = (takesTls ? [] : all).filter(
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
      what: 'no listener takes TLS',
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
