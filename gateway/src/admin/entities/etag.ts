import { hash } from 'node:crypto';
import type { Entity } from '../../entities/tables.ts';

/** Characters of a tag: 162 bits. */
const LENGTH = 27;

/**
 * Tells one state of an entity from every other. It follows from what is stored, so that all nodes
 * give the same, whatever order their stores keep the fields of a map in.
 */
export function etagOf(entity: Entity): string {
  return `"${hash('sha256', JSON.stringify(entity, inOneOrder), 'base64url').slice(0, LENGTH)}"`;
}

function inOneOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
