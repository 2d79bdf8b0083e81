import type { ProxyThread } from '../thread.ts';
import { UpstreamConnection } from './upstream-connection.ts';

/** Connections of this thread to one upstream address. The one used last is taken first. */
export class ConnectionPool {
  readonly address: string;
  readonly port: number;
  private readonly thread: ProxyThread;
  private readonly idle: UpstreamConnection[] = [];

  constructor(thread: ProxyThread, address: string, port: number) {
    this.thread = thread;
    this.address = address;
    this.port = port;
  }

  /** An idle connection, or null when there is none. */
  take(): UpstreamConnection | null {
    const connection = this.idle.pop();
    if (connection === undefined) return null;
    this.thread.upstreamIdle--;
    return connection;
  }

  /** Opens a connection. It can be written to at once; what it cannot send yet waits in it. */
  open(): UpstreamConnection {
    return new UpstreamConnection(this.thread, this);
  }

  /**
   * Takes back a connection on which a response ended cleanly; closes it when there are enough.
   *
   * @param now monotonic clock, ms
   */
  put(connection: UpstreamConnection, now: number): void {
    const { poolSize, idleTimeout } = this.thread.settings.upstreamKeepalive;
    if (this.idle.length >= poolSize) {
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

  /** Closes every idle connection. */
  clear(): void {
    for (const connection of this.idle.splice(0)) {
      this.thread.upstreamIdle--;
      connection.destroy();
    }
  }
}
