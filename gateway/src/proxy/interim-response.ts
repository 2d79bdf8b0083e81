import type { HttpExchange } from './exchange/exchange.ts';
import type { ResponseHead } from './http1/response-head.ts';
import { interimLines } from './response-lines.ts';

/** Passes on what an upstream tells before its response. */
export function passInterim(ex: HttpExchange, head: ResponseHead): void {
  // The gateway asks for the body itself, so a 100 has told nobody anything.
  if (head.status === 100) return;
  ex.downstream.sendInterim(head.status, head.reason, interimLines(head));
}
