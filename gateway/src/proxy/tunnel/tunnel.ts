import type { WebSocketRecord } from '../../telemetry/exchange-record.ts';
import type { HttpExchange } from '../exchange/exchange.ts';

/** The two ends of a tunnel. */
export type TunnelEnd = 'client' | 'upstream';

/** Bytes of a connection that has switched protocols, passing both ways as they are. */
export class Tunnel {
  protected readonly exchange: HttpExchange;

  constructor(exchange: HttpExchange) {
    this.exchange = exchange;
  }

  /** What is told of it afterwards if it is a WebSocket. */
  get webSocket(): WebSocketRecord | null {
    return null;
  }

  /** @param data only valid during the call */
  fromClient(data: Uint8Array): void {
    const { upstream, downstream } = this.exchange;
    if (upstream !== null && !upstream.writeTunnel(data)) downstream.pauseBody();
  }

  /** @param data only valid during the call */
  fromUpstream(data: Uint8Array): void {
    this.send(data);
  }

  /** One end closed its connection. */
  onEnd(_end: TunnelEnd): void {
    const { thread } = this.exchange;
    thread.lifecycle.tunnelEnded(this.exchange);
  }

  /** Neither end has sent anything for as long as it may. */
  onSilence(): void {
    const { thread } = this.exchange;
    thread.lifecycle.tunnelBroken(this.exchange);
  }

  /** The exchange is over, whatever the reason. */
  finish(): void {
    // Nothing is held here.
  }

  protected send(data: Uint8Array): void {
    const { exchange } = this;
    exchange.bytesOut += data.length;
    if (!exchange.downstream.sendRaw(data)) exchange.upstream?.pause();
  }
}
