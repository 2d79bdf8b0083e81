/** A server name of a route as it is compared: lower-case, without the dot that ends a full one. */
export function comparableServerName(sni: string): string {
  const name = sni.toLowerCase();
  return name.length > 1 && name.endsWith('.') ? name.slice(0, -1) : name;
}

/**
 * Whether a client asks for one of the server names of a route.
 *
 * @param snis comparable, perhaps with a wildcard at one end
 * @param name lower-case; empty when the client names none, which fits nothing
 */
export function includesServerName(snis: readonly string[], name: string): boolean {
  for (const sni of snis) {
    if (sni === name) return true;
    if (sni.startsWith('*') && name.endsWith(sni.slice(1))) return true;
    if (sni.endsWith('*') && name.startsWith(sni.slice(0, -1))) return true;
  }
  return false;
}
