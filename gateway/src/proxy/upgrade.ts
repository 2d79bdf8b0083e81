import { withoutPadding } from '../plugin/padding.ts';
import { UPGRADE } from './http1/known-fields.ts';
import type { HttpExchange } from './exchange/exchange.ts';

/** HTTP/2 anywhere in an `Upgrade`. In a tunnel its requests would reach the upstream unchecked. */
const HTTP2 = /(?:^|[,\s])h2c?(?:$|[,/\s])/i;

/** The client asks to switch protocols, to one that may pass: HTTP/2 has its own way in. */
export function wantsUpgrade({ head, body }: HttpExchange): boolean {
  if (!head.upgrade || body !== null) return false;
  return !HTTP2.test(head.known(UPGRADE)!);
}

/** Whether the client asked for the protocols that an upstream's `Upgrade` names. */
export function askedFor(ex: HttpExchange, protocols: string): boolean {
  if (!wantsUpgrade(ex)) return false;
  const asked = listed(ex.head.known(UPGRADE)!);
  return listed(protocols).every((protocol) => asked.includes(protocol));
}

function listed(value: string): string[] {
  return value.split(',').map((part) => withoutPadding(part).toLowerCase());
}
