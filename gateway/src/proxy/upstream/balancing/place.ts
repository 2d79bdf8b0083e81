/** Where a connection leads: an address of IP with a port, or a unix socket. */
export type Endpoint = { readonly host: string; readonly port: number } | { readonly path: string };

const UNIX = 'unix:';

/** Whether a host is the path of a unix socket. */
export function isUnix(host: string): boolean {
  return host.startsWith(UNIX);
}

/** @param address of IP without brackets, or `unix:` with a path, when the port does not count */
export function endpointOf(address: string, port: number): Endpoint {
  return isUnix(address) ? { path: address.slice(UNIX.length) } : { host: address, port };
}

/** As logs and metrics name it. */
export function placeName(address: string, port: number): string {
  if (isUnix(address)) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
