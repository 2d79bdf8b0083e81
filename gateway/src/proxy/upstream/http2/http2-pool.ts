import type { HttpExchange } from '../../exchange/exchange.ts';
import type { ProxyThread } from '../../thread.ts';
import type { Pool } from '../connection-pool.ts';
import type { Dialer } from '../dialer.ts';
import { Http2Connection } from './http2-connection.ts';
import type { Http2Stream } from './http2-stream.ts';

/** Connections of this thread to one upstream address that speaks HTTP/2. */
export class Http2Pool implements Pool {
  readonly #thread: ProxyThread;
  readonly #dialer: Dialer;
  readonly #onHttp1: () => void;
  /** Those that may take further requests. */
  #connections: Http2Connection[] = [];
  #retired = false;

  /** @param onHttp1 called when an upstream chose not to speak HTTP/2 */
  constructor(thread: ProxyThread, dialer: Dialer, onHttp1: () => void = () => undefined) {
    this.#thread = thread;
    this.#dialer = dialer;
    this.#onHttp1 = onHttp1;
  }

  begin(exchange: HttpExchange, fresh: boolean): Http2Stream {
    const used = fresh || this.#dialer.namesClient ? undefined : this.#withRoom();
    return (used ?? this.#open(exchange)).newStream();
  }

  #withRoom(): Http2Connection | undefined {
    for (const connection of this.#connections) if (connection.hasRoom) return connection;
    return undefined;
  }

  #open(exchange: HttpExchange): Http2Connection {
    const connection = new Http2Connection(this.#thread, this, this.#dialer, exchange.downstream);
    if (this.#retired || this.#dialer.namesClient) connection.closing = true;
    else this.#connections.unshift(connection);
    return connection;
  }

  /** A connection has nothing to do: enough of them are kept for the next requests. */
  onIdle(connection: Http2Connection): void {
    const others = this.#connections.some((other) => other !== connection && other.hasRoom);
    if (others) connection.retire();
  }

  speaksHttp1(): void {
    this.#onHttp1();
  }

  /** The connection takes no further requests. */
  forget(connection: Http2Connection): void {
    const index = this.#connections.indexOf(connection);
    if (index !== -1) this.#connections.splice(index, 1);
  }

  retire(): void {
    this.#retired = true;
    for (const connection of [...this.#connections]) connection.retire();
  }
}
