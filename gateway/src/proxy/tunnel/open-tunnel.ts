import type { HttpExchange } from '../exchange/exchange.ts';
import type { UpstreamExchange } from '../upstream/upstream-exchange.ts';
import { Tunnel } from './tunnel.ts';
import { WebSocketTunnel } from './web-socket-tunnel.ts';

/** Opens what `upstream` has switched to. */
export function openTunnel(exchange: HttpExchange, upstream: UpstreamExchange): Tunnel {
  const { readTimeout } = exchange.service!;
  if (upstream.upgradeProtocol.toLowerCase() !== 'websocket') {
    upstream.startTunnel(readTimeout);
    return new Tunnel(exchange);
  }
  const { idleTimeout } = exchange.thread.settings.webSocket;
  upstream.startTunnel(idleTimeout === 0 ? readTimeout : idleTimeout);
  return new WebSocketTunnel(exchange);
}
