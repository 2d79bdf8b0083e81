import { isDeepStrictEqual } from 'node:util';
import type { Entity, KindName } from './kinds.ts';

/** What decK does not look at: times of the gateway, and what it works out by itself. */
const notCompared: Partial<Record<KindName, readonly string[]>> = {
  // A password cannot be compared with its hash.
  basicauth_credentials: ['password'],
  ca_certificates: ['cert_digest'],
  certificates: ['snis'],
};

/** Whether the gateway has an entity as the file wants it. */
export function sameEntity(kind: KindName, one: Entity, other: Entity): boolean {
  return isDeepStrictEqual(comparable(kind, one), comparable(kind, other));
}

/** An entity as decK compares it: nulls are as good as absent, lists of texts have no order. */
export function comparable(kind: KindName, entity: Entity): unknown {
  const left = { ...entity } as Record<string, unknown>;
  for (const field of ['created_at', 'updated_at', ...(notCompared[kind] ?? [])]) {
    delete left[field];
  }
  return settled(left);
}

function settled(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(settled);
    return items.every((item) => typeof item === 'string') ? items.sort() : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null && item !== undefined)
      .map(([name, item]) => [name, settled(item)]),
  );
}
