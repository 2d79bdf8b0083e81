/** Bytes of text in each message. */
const PAYLOAD = 64;
const TEXT = 0x81;
const MASKED = 0x80;

/** A message as a server sends it. */
export const serverFrame = Buffer.concat([
  Buffer.from([TEXT, PAYLOAD]),
  Buffer.alloc(PAYLOAD, 'x'),
]);

/** A message as a client sends it; its mask changes nothing, so that nobody need take it off. */
export const clientFrame = Buffer.concat([
  Buffer.from([TEXT, MASKED | PAYLOAD, 0, 0, 0, 0]),
  Buffer.alloc(PAYLOAD, 'x'),
]);

/** Asks for a WebSocket. */
export function handshake(path: string): string {
  return (
    `GET ${path} HTTP/1.1\r\nHost: bench.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
  );
}

/** Answers `handshake`. */
export const handshakeAnswer =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';

/** The same as bytes arrive, whole or not: whether the answer has ended. */
export function endsHead(text: string): boolean {
  return text.includes('\r\n\r\n');
}
