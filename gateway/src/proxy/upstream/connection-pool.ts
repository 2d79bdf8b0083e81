import type { HttpExchange } from '../exchange/exchange.ts';
import type { ProxyThread } from '../thread.ts';
import type { Dialer } from './dialer.ts';
import { UpstreamConnection } from './upstream-connection.ts';
import type { UpstreamExchange } from './upstream-exchange.ts';

/** Connections of this thread to one upstream address, whatever is spoken on them. */
export interface Pool {
  /**
   * Takes what an attempt can be made with. It can be written to at once; what it cannot send yet waits
   * in it.
   *
   * @param fresh whether only a new connection will do
   */
  begin(exchange: HttpExchange, fresh: boolean): UpstreamExchange;
  /** Lets go of every connection that serves nobody, and from now on of each when it is done. */
  retire(): void;
}

/** Connections that speak HTTP/1.1. The one used last is taken first. */
export class ConnectionPool implements Pool {
  readonly dialer: Dialer;
  private readonly thread: ProxyThread;
  private readonly idle: UpstreamConnection[] = [];
  /** Connections are not kept any more. */
  private retired = false;

  constructor(thread: ProxyThread, dialer: Dialer) {
    this.thread = thread;
    this.dialer = dialer;
  }

  begin(exchange: HttpExchange, fresh: boolean): UpstreamConnection {
    const kept = fresh ? undefined : this.idle.pop();
    if (kept === undefined) return new UpstreamConnection(this.thread, this, exchange.downstream);
    this.thread.upstreamIdle--;
    return kept;
  }

  /**
   * Takes back a connection on which a response ended cleanly; closes it when there are enough.
   *
   * @param now monotonic clock, ms
   */
  put(connection: UpstreamConnection, now: number): void {
    const { poolSize, idleTimeout } = this.thread.settings.upstreamKeepalive;
    if (this.idle.length >= poolSize || this.retired || this.dialer.namesClient) {
      connection.destroy();
      return;
    }
    this.idle.push(connection);
    this.thread.upstreamIdle++;
    this.thread.wheel.arm(connection, now, idleTimeout);
  }

  /** Forgets an idle connection that closed. */
  drop(connection: UpstreamConnection): void {
    const index = this.idle.lastIndexOf(connection);
    if (index === -1) return;
    this.idle.splice(index, 1);
    this.thread.upstreamIdle--;
  }

  retire(): void {
    this.retired = true;
    for (const connection of this.idle.splice(0)) {
      this.thread.upstreamIdle--;
      connection.destroy();
    }
  }
}
