import type { Endpoint } from '../endpoint.ts';
import { reading } from './operations.ts';
import type { FixedParts } from './parts.ts';

/** Timers of the control thread that wait. */
export function timerCount(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}

/** `GET /timers`, in the shape of Kong. */
export function timersEndpoint({ node }: FixedParts): Endpoint {
  return {
    path: '/timers',
    methods: {
      GET: reading('Count the timers of the control thread', () => {
        const pending = timerCount();
        return {
          worker: { id: 0, count: node.status().threads.length },
          stats: { sys: { total: pending, pending, running: 0, waiting: 0 } },
        };
      }),
    },
  };
}
