/** What a client of HTTP/2 sends before its first frame: RFC 9113 section 3.4. */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/** Whether what stands from `start` to `end` is the preface, or as much of it as has arrived. */
export function isHttp2(bytes: Buffer, start: number, end: number): boolean {
  const length = Math.min(end - start, PREFACE.length);
  return length > 0 && PREFACE.compare(bytes, start, start + length, 0, length) === 0;
}
