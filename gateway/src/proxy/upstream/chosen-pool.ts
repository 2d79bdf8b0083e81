import type { HttpExchange } from '../exchange/exchange.ts';
import { wantsUpgrade } from '../upgrade.ts';
import type { ProxyThread } from '../thread.ts';
import { ConnectionPool, type Pool } from './connection-pool.ts';
import type { Dialer } from './dialer.ts';
import { Http2Pool } from './http2/http2-pool.ts';
import type { UpstreamExchange } from './upstream-exchange.ts';

/** How long an upstream that chose HTTP/1.1 is taken at its word, ms. */
const REMEMBERED = 10 * 60_000;

/**
 * Connections to an upstream that chooses in the handshake what it speaks. The first one offers both;
 * by what comes of it the next ones are opened.
 */
export class ChosenPool implements Pool {
  readonly #thread: ProxyThread;
  readonly #http1: ConnectionPool;
  readonly #http2: Http2Pool;
  /** Until when HTTP/1.1 is spoken without asking, on the thread's clock. */
  #http1Until = -Infinity;

  /** @param dialer makes one that offers these protocols in the handshake */
  constructor(thread: ProxyThread, dialer: (protocols: readonly string[]) => Dialer) {
    this.#thread = thread;
    this.#http1 = new ConnectionPool(thread, dialer(['http/1.1']));
    this.#http2 = new Http2Pool(thread, dialer(['h2', 'http/1.1']), () => {
      this.#http1Until = thread.time + REMEMBERED;
    });
  }

  begin(exchange: HttpExchange, fresh: boolean): UpstreamExchange {
    // Only HTTP/1.1 can switch to something else, such as WebSocket.
    const asksForHttp1 = wantsUpgrade(exchange) || this.#thread.time < this.#http1Until;
    return (asksForHttp1 ? this.#http1 : this.#http2).begin(exchange, fresh);
  }

  retire(): void {
    this.#http1.retire();
    this.#http2.retire();
  }
}
