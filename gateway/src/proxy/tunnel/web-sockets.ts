import { CLOSING_CAUSES, type ClosingCause } from './closing-cause.ts';
import type { WebSocketTunnel } from './web-socket-tunnel.ts';

/** Most WebSockets that are closed in a second, where there is time: their clients come back at once. */
const CLOSED_PER_SECOND = 1000;
/** Time between two groups that are closed, ms. */
const PACE = 50;

/** The routes that there are. */
export interface Routes {
  hasRoute(id: string): boolean;
}

/** The WebSockets that are open on a thread, by route. */
export class WebSockets {
  readonly #byRoute = new Map<string, Set<WebSocketTunnel>>();
  #routes: Routes | null = null;
  #draining = false;
  #open = 0;

  get size(): number {
    return this.#open;
  }

  /** One that should not be open any more, since it was being opened meanwhile, is closed at once. */
  add(webSocket: WebSocketTunnel): void {
    const { routeId } = webSocket;
    const those = this.#byRoute.get(routeId);
    if (those === undefined) this.#byRoute.set(routeId, new Set([webSocket]));
    else those.add(webSocket);
    this.#open++;
    if (this.#draining) this.#closeSoon([webSocket], CLOSING_CAUSES.shutdown, 1);
    else if (this.#routes?.hasRoute(routeId) === false) {
      this.#closeSoon([webSocket], CLOSING_CAUSES.reload, 1);
    }
  }

  delete(webSocket: WebSocketTunnel): void {
    const { routeId } = webSocket;
    const those = this.#byRoute.get(routeId);
    if (those?.delete(webSocket) !== true) return;
    this.#open--;
    if (those.size === 0) this.#byRoute.delete(routeId);
  }

  /** Other routes are served from now on: closes the WebSockets of those that are gone. */
  useRoutes(routes: Routes): void {
    this.#routes = routes;
    const gone: WebSocketTunnel[] = [];
    for (const [routeId, those] of this.#byRoute) {
      if (!routes.hasRoute(routeId)) gone.push(...those);
    }
    this.#closeSoon(gone, CLOSING_CAUSES.reload, CLOSED_PER_SECOND);
  }

  /** The thread ends. @param time in which all are to be told, ms */
  drain(time: number): void {
    this.#draining = true;
    const all = [...this.#byRoute.values()].flatMap((those) => [...those]);
    const rate = Math.max(CLOSED_PER_SECOND, (all.length * 1000) / Math.max(time, PACE));
    this.#closeSoon(all, CLOSING_CAUSES.shutdown, rate);
  }

  /** Closes `webSockets` in groups. @param rate how many in a second */
  #closeSoon(webSockets: readonly WebSocketTunnel[], cause: ClosingCause, rate: number): void {
    const group = Math.ceil((rate * PACE) / 1000);
    let next = 0;
    const closeSome = (): void => {
      const end = Math.min(next + group, webSockets.length);
      while (next < end) webSockets[next++]!.close(cause);
      if (next < webSockets.length) setTimeout(closeSome, PACE).unref();
    };
    // Whoever opens one has to answer the client first.
    if (webSockets.length > 0) setImmediate(closeSome);
  }
}
