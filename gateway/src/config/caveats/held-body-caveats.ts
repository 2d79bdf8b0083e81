import type { EntityTables } from '../../entities/tables.ts';
import { caveat, type Caveat } from './caveat.ts';

/**
 * Plugins that are meant to take longer bodies than the node holds.
 *
 * @param bound of all bodies that a thread holds together, bytes
 */
export function bodiesBeyond(bound: number, { plugins }: EntityTables): Caveat | undefined {
  const meant = [...plugins.values()].filter(
    ({ enabled, config: { max_body_size: most } }) =>
      enabled && typeof most === 'number' && most > bound,
  );
  return caveat('plugins', meant, {
    subject: 'plugins: config.max_body_size above --max-held-bodies',
    what: `a thread of this node holds bodies of ${bound} bytes together (--max-held-bodies)`,
    effect: 'takes no longer ones, whatever its max_body_size',
  });
}
