import type { AnyPlugin } from '../../plugin/plugin.ts';
import { definePlugin, f } from '../../plugin/plugin.ts';
import type { FromThread } from '../../snapshot/messages.ts';

const HOW = ['setup', 'exit', 'throw', 'heap', 'failed'] as const;

export type Trouble = (typeof HOW)[number];

/**
 * A plugin that makes trouble for its thread once it is set up.
 *
 * @param left how often it still may, over all threads
 */
export function troublePlugin(left: Int32Array, post: (message: FromThread) => void): AnyPlugin {
  const plugin = definePlugin({
    name: 'trouble',
    summary: 'Makes trouble, for tests.',
    version: '1',
    priority: 1,
    protocols: ['http'],
    config: f.record({ how: f.string({ required: true, one_of: HOW }) }),
    setup({ how }) {
      if (Atomics.sub(left, 0, 1) <= 0) return {};
      if (how === 'setup') throw new Error('planted');
      if (how === 'exit') process.exit(3);
      setImmediate(() => {
        if (how === 'throw') throw new Error('planted');
        if (how === 'failed') post({ type: 'failed', message: 'planted' });
        if (how === 'heap') hoard();
      });
      return {};
    },
  });
  return plugin;
}

function hoard(): void {
  const hoarded: unknown[] = [];
  for (;;) hoarded.push(new Array(100_000).fill({}));
}
