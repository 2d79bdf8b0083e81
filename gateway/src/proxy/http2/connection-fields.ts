/** Fields that speak of one connection of HTTP/1.1; no message of HTTP/2 has them: RFC 9113 section 8.2.2. */
export const CONNECTION_FIELDS: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);
