import type { Endpoint } from '../endpoint.ts';
import { reading } from './operations.ts';
import type { FixedParts } from './parts.ts';

/** `GET /endpoints`: every path that there is. */
export function endpointListEndpoint({ all }: FixedParts): Endpoint {
  return {
    path: '/endpoints',
    methods: {
      GET: reading('List all endpoints', () => ({
        data: all()
          .map(({ path }) => path)
          .sort(bySegments),
      })),
    },
  };
}

/** What lies below a path comes right after it: `/acls/{acls}` before `/acls-by-name`. */
function bySegments(a: string, b: string): number {
  const [left, right] = [a, b].map((path) => path.replaceAll('/', '\0'));
  return (left ?? '') < (right ?? '') ? -1 : 1;
}
