import { ANSWERS } from './answers.ts';
import type { HttpExchange } from './exchange/exchange.ts';
import { isGrpcType } from './grpc-answer.ts';
import { answerInGrpc } from './own-answers.ts';
import { statusPage } from './status-page.ts';
import type { RoutePlan } from './plan/plan.ts';

/** Field of a 426 that asks for TLS, as Kong sends it. */
const UPGRADE_TO_TLS = { Connection: 'Upgrade', Upgrade: 'TLS/1.2, HTTP/1.1' };
const UPGRADE_TO_HTTP2 = { connection: 'Upgrade', upgrade: 'HTTP/2' };

/** Of the pages with redirects that are older than others, nginx names no charset. */
const PAGE_TYPES: ReadonlyMap<number, string> = new Map([
  [301, 'text/html'],
  [302, 'text/html'],
]);

/** The status of gRPC that Kong tells then. */
const CANCELLED = 1;

/**
 * Whether the request speaks a protocol that its route takes. Answers it if not.
 *
 * @returns false when the exchange is answered
 */
export function checkProtocol(ex: HttpExchange, route: RoutePlan): boolean {
  if (route.grpc) return takesGrpc(ex, route);
  if (ex.scheme === 'https' ? route.acceptsHttps || route.acceptsHttp : route.acceptsHttp) {
    return true;
  }
  const status = route.httpsRedirectStatusCode;
  if (status === 426) ex.fail(ANSWERS.https_required, UPGRADE_TO_TLS);
  else {
    ex.respond(status, statusPage(status), {
      'Content-Type': PAGE_TYPES.get(status) ?? 'text/html; charset=UTF-8',
      Location: `https://${ex.host}${ex.rawPath}${ex.search}`,
    });
    ex.reason = ANSWERS.https_required.reason;
  }
  return false;
}

/** Routes of gRPC take that alone, which needs HTTP/2. */
function takesGrpc(ex: HttpExchange, route: RoutePlan): boolean {
  if (!isGrpcType(ex.headerValues('content-type')[0])) ex.fail(ANSWERS.grpc_required);
  else if (!ex.downstream.http2) ex.fail(ANSWERS.http2_required, UPGRADE_TO_HTTP2);
  else if (ex.scheme === 'http' && !route.acceptsHttp) {
    answerInGrpc(ex, ANSWERS.https_required.status, CANCELLED, 'gRPC request matched gRPCs route');
    ex.reason = ANSWERS.https_required.reason;
  } else return true;
  return false;
}
