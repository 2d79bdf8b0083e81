import { webSocketBytesFamily, webSocketMessagesFamily } from './metric-families.ts';
import type { SeriesAllocator } from './series-allocator.ts';
import { THREAD_CELLS } from './thread-totals.ts';

/** Kong's name of the only workspace that there is. */
const WORKSPACE = 'default';

/** Counts what passes in the WebSockets of one route while it passes: they may be open for days. */
export class WebSocketCells {
  readonly #cells: Float64Array;
  readonly #messagesIn: number;
  readonly #messagesOut: number;
  readonly #bytesIn: number;
  readonly #bytesOut: number;

  constructor(allocator: SeriesAllocator, service: string, route: string) {
    const labels = (direction: string): string[] => [service, route, direction, WORKSPACE];
    this.#cells = allocator.cells;
    this.#messagesIn = allocator.allocate(webSocketMessagesFamily, labels('ingress'));
    this.#messagesOut = allocator.allocate(webSocketMessagesFamily, labels('egress'));
    this.#bytesIn = allocator.allocate(webSocketBytesFamily, labels('ingress'));
    this.#bytesOut = allocator.allocate(webSocketBytesFamily, labels('egress'));
  }

  opened(): void {
    this.#cells[THREAD_CELLS.webSocketsOpen]!++;
  }

  closed(): void {
    this.#cells[THREAD_CELLS.webSocketsOpen]!--;
  }

  /** Bytes from the client, in which so many messages ended. */
  received(bytes: number, messages: number): void {
    this.#cells[this.#bytesIn]! += bytes;
    this.#cells[this.#messagesIn]! += messages;
  }

  /** The same towards the client. */
  sent(bytes: number, messages: number): void {
    this.#cells[this.#bytesOut]! += bytes;
    this.#cells[this.#messagesOut]! += messages;
  }
}
