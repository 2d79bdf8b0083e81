import { inOnePiece } from '../../in-one-piece.ts';
import { ANSWERS } from '../answers.ts';
import { reasonOf } from '../status-page.ts';
import type { ProxyThread } from '../thread.ts';

/** What a client is told that speaks HTTP where it has to speak TLS first. */
export function plainHttpAnswer({ names, clock }: ProxyThread): string {
  const { status, message } = ANSWERS.plain_http;
  const body = `${message}\n`;
  return inOnePiece(
    `HTTP/1.1 ${status} ${reasonOf(status)}\r\n${clock.dateLine}${names.serverLine}` +
      `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  );
}
