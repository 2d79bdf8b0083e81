import { isIP } from 'node:net';

/** The name that an upstream has to prove, from the value of the `Host` field that it gets. */
export function serverNameOf(host: string): string {
  if (host.startsWith('[')) return host.slice(1, host.indexOf(']')).toLowerCase();
  const colon = host.lastIndexOf(':');
  return (colon === -1 ? host : host.slice(0, colon)).toLowerCase();
}

const NAME = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;

/** What of it is said in the handshake: RFC 6066 section 3 has no addresses there. */
export function sniOf(serverName: string): string {
  const isName = serverName.length <= 253 && NAME.test(serverName) && isIP(serverName) === 0;
  return isName ? serverName : '';
}
