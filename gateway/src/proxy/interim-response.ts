import type { HttpExchange } from './exchange/exchange.ts';
import { copyFields, dropping, HOP_BY_HOP } from './http1/copy-fields.ts';
import type { ResponseHead } from './http1/response-head.ts';

const DROP = dropping(...HOP_BY_HOP);

/** Passes on what an upstream tells before its response. */
export function passInterim(ex: HttpExchange, head: ResponseHead): void {
  // The gateway asks for the body itself, so a 100 has told nobody anything.
  if (head.status === 100) return;
  const lines = copyFields(head, DROP, head.hopNames, null);
  ex.downstream.sendInterim(head.status, head.reason, lines);
}
