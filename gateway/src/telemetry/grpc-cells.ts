import { grpcResponsesFamily } from './metric-families.ts';
import type { SeriesAllocator } from './series-allocator.ts';

/** Kong's name of the only workspace that there is. */
const WORKSPACE = 'default';

/** Counts how the calls of gRPC of one route ended. Series are made when they are first counted. */
export class GrpcCells {
  readonly #allocator: SeriesAllocator;
  readonly #service: string;
  readonly #route: string;
  /** Cells by status. */
  readonly #ofUpstream = new Map<number, number>();
  readonly #ofGateway = new Map<number, number>();

  constructor(allocator: SeriesAllocator, service: string, route: string) {
    this.#allocator = allocator;
    this.#service = service;
    this.#route = route;
  }

  /** @param status 0 to 16 */
  count(status: number, fromUpstream: boolean): void {
    const known = fromUpstream ? this.#ofUpstream : this.#ofGateway;
    let cell = known.get(status);
    if (cell === undefined) {
      const source = fromUpstream ? 'service' : 'kong';
      cell = this.#allocator.allocate(grpcResponsesFamily, [
        ...[this.#service, this.#route, String(status), source, WORKSPACE],
      ]);
      known.set(status, cell);
    }
    this.#allocator.cells[cell]!++;
  }
}
