import { field } from '../support/http-message.ts';
import type { OriginExchange } from '../support/origin.ts';
import { pattern, wishOf, type Wish } from './pattern.ts';

/** Answers as it is asked to, with the id of the request and word of the body that came with it. */
export async function answerSoundly(exchange: OriginExchange): Promise<void> {
  const { request } = exchange;
  if (field(request, 'upgrade') !== undefined) return echoTunnel(exchange);
  const wish = wishOf(request.target);
  const body = await exchange.readBody();
  if (!body.complete) {
    exchange.connection.socket.destroy();
    return;
  }
  const sound = body.bytes.equals(pattern(wish.id, body.bytes.length));
  const fields = [
    `X-Soak-Id: ${wish.id}`,
    `X-Soak-Path: ${request.target.slice(0, request.target.indexOf('?'))}`,
    `X-Soak-Body: ${sound ? body.bytes.length : 'mixed up'}`,
    `X-Soak-Consumer: ${field(request, 'x-consumer-username') ?? ''}`,
    `X-Soak-Trailer: ${body.trailers.map(([, value]) => value).join()}`,
  ];
  const bytes = request.method === 'HEAD' ? Buffer.alloc(0) : pattern(wish.id, wish.size);
  await sendAs(exchange, wish, fields, bytes);
}

export async function sendAs(
  exchange: OriginExchange,
  { id, size, as }: Wish,
  fields: readonly string[],
  bytes: Buffer,
): Promise<void> {
  switch (as) {
    case 'chunked':
      await exchange.write(head('HTTP/1.1 200 OK', ...fields, 'Transfer-Encoding: chunked'));
      if (exchange.request.method !== 'HEAD') await sendChunks(exchange, bytes);
      return;
    case 'close':
      await exchange.write(head('HTTP/1.1 200 OK', ...fields, 'Connection: close'));
      await exchange.write(bytes);
      return exchange.end();
    case 'http10':
      await exchange.write(head('HTTP/1.0 200 OK', ...fields, `Content-Length: ${size}`));
      await exchange.write(bytes);
      return exchange.end();
    case 'interim':
      await exchange.write(head('HTTP/1.1 103 Early Hints', `X-Soak-Id: ${id}`));
      break;
    case 'length':
      break;
  }
  const start = head('HTTP/1.1 200 OK', ...fields, `Content-Length: ${size}`);
  await exchange.write(Buffer.concat([Buffer.from(start, 'latin1'), bytes]));
}

async function sendChunks(exchange: OriginExchange, bytes: Buffer): Promise<void> {
  for (let start = 0; start < bytes.length; start += 50_000) {
    const chunk = bytes.subarray(start, start + 50_000);
    await exchange.write(`${chunk.length.toString(16)}\r\n`);
    await exchange.write(chunk);
    await exchange.write('\r\n');
  }
  await exchange.write('0\r\n\r\n');
}

export function head(...lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Switches protocols and sends back every byte; ends after as many as it was asked for, if any. */
async function echoTunnel(exchange: OriginExchange): Promise<void> {
  const { id, size } = wishOf(exchange.request.target);
  const { stream } = exchange.connection;
  await exchange.write(
    head(
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `X-Soak-Id: ${id}`,
    ),
  );
  for (let echoed = 0; size === 0 || echoed < size;) {
    const bytes = await stream.readSome('bytes of a tunnel');
    if (bytes === null) break;
    await exchange.write(bytes);
    echoed += bytes.length;
  }
  exchange.end();
}
