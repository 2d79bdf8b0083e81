import { f, type Deprecation } from '../../schema/field.ts';

/** How a plugin gathers what it sends, and tries again. */
const fields = {
  max_batch_size: f.integer({
    default: 1,
    between: [1, 1_000_000],
    description: 'Most entries in one message.',
  }),
  max_coalescing_delay: f.number({
    default: 1,
    between: [0, 3600],
    description: 'How long to wait for more entries, s.',
  }),
  max_entries: f.integer({
    default: 10_000,
    between: [1, 1_000_000],
    description: 'Most entries that wait; older ones are dropped.',
  }),
  max_bytes: f.integer({ description: 'Most bytes that wait.' }),
  max_retry_time: f.number({ default: 60, description: 'How long to try, s.' }),
  initial_retry_delay: f.number({
    default: 0.01,
    between: [0.001, 1_000_000],
    description: 'Wait before the second attempt, s; doubled with each.',
  }),
  max_retry_delay: f.number({
    default: 60,
    between: [0.001, 1_000_000],
    description: 'Longest wait between two attempts, s.',
  }),
  concurrency_limit: f.integer({
    default: 1,
    one_of: [-1, 1],
    description: 'Messages on their way at once; -1 for any number.',
  }),
};

export const queue = f.record(fields, { required: true });

/** A queue that gathers up to so many entries unless told otherwise. */
export function queueOf(max_batch_size: number) {
  return f.record(fields, { required: true, default: { max_batch_size } });
}

/** What plugins had before they had a queue. */
export function beforeQueues(plugin: string) {
  return {
    retry_count: f.integer({
      deprecation: deprecated(
        `${plugin}: config.retry_count no longer works, please use config.queue.max_retry_time instead`,
        10,
      ),
    }),
    queue_size: f.integer({
      deprecation: inPlaceOf(plugin, 'queue_size', 'queue.max_batch_size', 1),
    }),
    flush_timeout: f.number({
      deprecation: inPlaceOf(plugin, 'flush_timeout', 'queue.max_coalescing_delay', 2),
    }),
  };
}

/** Says that a field of a plugin's configuration has a successor. */
export function inPlaceOf(
  plugin: string,
  name: string,
  successor: string,
  old_default?: unknown,
): Deprecation {
  return deprecated(
    `${plugin}: config.${name} is deprecated, please use config.${successor} instead`,
    old_default,
  );
}

export function deprecated(message: string, old_default?: unknown): Deprecation {
  return {
    message,
    removal_in_version: '4.0',
    ...(old_default === undefined ? {} : { old_default }),
  };
}
