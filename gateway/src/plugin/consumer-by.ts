import type { ConsumerInfo, Directory } from './plugin.ts';

/** What of a consumer a name from elsewhere may be. */
export const CONSUMER_PROPERTIES = ['username', 'custom_id', 'id'] as const;

export type ConsumerProperty = (typeof CONSUMER_PROPERTIES)[number];

/** The consumer that has a name as one of these properties, the first of them that fits. */
export function consumerBy(
  directory: Directory,
  properties: readonly ConsumerProperty[],
  name: string,
): ConsumerInfo | undefined {
  for (const property of properties) {
    const consumer = lookUp(directory, property, name);
    if (consumer !== undefined) return consumer;
  }
  return undefined;
}

function lookUp(
  directory: Directory,
  property: ConsumerProperty,
  name: string,
): ConsumerInfo | undefined {
  if (property === 'id') return directory.consumer(name);
  if (property === 'custom_id') return directory.consumerByCustomId(name);
  const consumer = directory.consumerByIdOrName(name);
  return consumer?.username === name ? consumer : undefined;
}
