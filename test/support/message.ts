/** A message head: its lines, each ended with CRLF, and the empty line. */
export function head(...lines: string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** A GET request of HTTP/1.1. `fields` are whole field lines. */
export function get(path = '/', ...fields: string[]): string {
  return head(`GET ${path} HTTP/1.1`, 'Host: origin.test', ...fields);
}

/** A POST request with a body of known length. */
export function post(path: string, body: string, ...fields: string[]): string {
  const length = `Content-Length: ${body.length}`;
  return head(`POST ${path} HTTP/1.1`, 'Host: origin.test', length, ...fields) + body;
}

/** Chunks of these parts, the last chunk and the trailers (whole field lines). */
export function chunks(parts: readonly string[], trailers: readonly string[] = []): string {
  const sized = parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('');
  return `${sized}0\r\n${trailers.map((line) => `${line}\r\n`).join('')}\r\n`;
}
