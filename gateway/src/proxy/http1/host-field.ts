/** Octets of a registered name or IPv4 address: RFC 3986 section 3.2.2, percent-encoding included. */
const NAME = new Uint8Array(256);
for (const c of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+;=%") {
  NAME[c.charCodeAt(0)] = 1;
}

/**
 * Whether `value` is a Host as RFC 9110 section 7.2 describes it: a name or an address in brackets,
 * with an optional port.
 */
export function isHostField(value: string): boolean {
  const length = value.length;
  let p = 0;
  if (value.charCodeAt(0) === 91) {
    p = value.indexOf(']') + 1;
    if (p < 4 || !/^[0-9a-fA-F:.]+$/.test(value.slice(1, p - 1))) return false;
  } else {
    while (p < length && NAME[value.charCodeAt(p)] === 1) p++;
    if (p === 0) return false;
  }
  if (p === length) return true;
  if (value.charCodeAt(p) !== 58) return false;
  if (length - p > 6) return false;
  for (p++; p < length; p++) {
    const c = value.charCodeAt(p);
    if (c < 48 || c > 57) return false;
  }
  return true;
}

/** The name in a Host, lower-cased, an IPv6 address with its brackets; and its port, or -1. */
export function splitHost(value: string): { name: string; port: number } {
  const colon = value.lastIndexOf(':');
  if (colon === -1 || value.endsWith(']')) return { name: value.toLowerCase(), port: -1 };
  const port = colon === value.length - 1 ? -1 : Number(value.slice(colon + 1));
  return { name: value.slice(0, colon).toLowerCase(), port };
}
