import { isDeepStrictEqual } from 'node:util';
import { isReference } from '../../entities/reference.ts';
import type { Path } from '../../entities/schema/failure.ts';
import type { Field, Fields } from '../../entities/schema/field.ts';
import { definitionOf, type TableName } from '../../entities/tables.ts';
import {
  limitedFields,
  limitedPluginFields,
  pluginFieldEffects,
  type Supported,
  type SupportedFields,
} from './capabilities.ts';
import type { Values } from '../node.ts';
import type { Unsupported } from '../problem.ts';

/** A value that is right in Kong and cannot be served here. */
export interface UnsupportedValue {
  /** Within the entity. */
  readonly path: Path;
  readonly message: string;
  readonly unsupported: Unsupported;
}

/**
 * What of an entity this version cannot serve.
 *
 * @param entity defaults filled in; values that are not what they should be are passed over
 * @param pluginConfig the schema of the configuration when the entity is a plugin
 */
export function unsupportedIn(
  table: TableName,
  entity: Values,
  pluginConfig?: Fields,
): UnsupportedValue[] {
  const found: UnsupportedValue[] = [];
  const rules = limitedFields[table];
  if (rules !== undefined) checkLimits(rules, definitionOf(table).fields, entity, [], table, found);
  if (table === 'certificates')
    findReferences(definitionOf(table).fields, entity, [], table, found);
  if (pluginConfig !== undefined) checkPlugin(String(entity.name), entity, pluginConfig, found);
  return found;
}

function checkPlugin(
  name: string,
  entity: Values,
  fields: Fields,
  found: UnsupportedValue[],
): void {
  const group = `plugin ${name}`;
  const { config } = entity;
  if (!isRecord(config)) return;
  const rules = limitedPluginFields[name];
  if (rules !== undefined) checkLimits(rules, fields, config, ['config'], group, found);
  findReferences(fields, config, ['config'], group, found);
}

function checkLimits(
  rules: Readonly<Record<string, Supported>>,
  fields: Fields,
  values: Values,
  at: Path,
  group: string,
  found: UnsupportedValue[],
): void {
  for (const name in rules) {
    const field = fields[name];
    const supported = rules[name];
    if (field === undefined || supported === undefined) continue;
    if (isServed(supported, field, values[name])) continue;
    checkLimit(supported, field, values[name], [...at, name], group, found);
  }
}

function isServed(supported: Supported, field: Field, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  const inner = innerLimits(supported, field);
  if (inner !== null) {
    return inner.every(([name, limit, each]) => isServed(limit, each, (value as Values)[name]));
  }
  if (Array.isArray(supported)) {
    const values = supported as readonly unknown[];
    return Array.isArray(value)
      ? value.every((each) => values.includes(each))
      : values.includes(value);
  }
  return value === field.default || isDeepStrictEqual(value, field.default);
}

/** The fields of a record that are limited, with what they may have; null for other values. */
function innerLimits(
  supported: Supported,
  field: Field,
): readonly (readonly [string, Supported, Field])[] | null {
  if (field.type !== 'record') return null;
  const limits = supported === 'default' ? null : (supported as SupportedFields).fields;
  return Object.entries(field.fields).flatMap(([name, inner]) => {
    const limit = limits === null ? 'default' : limits[name];
    return limit === undefined ? [] : [[name, limit, inner] as const];
  });
}

/** Finds where in a value that is not served in full the trouble is. */
function checkLimit(
  supported: Supported,
  field: Field,
  value: unknown,
  path: Path,
  group: string,
  found: UnsupportedValue[],
): void {
  if (isServed(supported, field, value)) return;
  const inner = innerLimits(supported, field);
  if (inner !== null) {
    for (const [name, limit, each] of inner) {
      checkLimit(limit, each, (value as Values)[name], [...path, name], group, found);
    }
  } else if (Array.isArray(supported)) {
    const allowed = supported as readonly unknown[];
    const values = Array.isArray(value) ? (value as unknown[]) : [value];
    const wrong = values.find((each) => !allowed.includes(each));
    found.push(refusal(path, wrong, group, allowed));
  } else {
    const instead = field.default === undefined ? [] : [field.default];
    found.push(refusal(path, value, group, instead, false));
  }
}

function refusal(
  path: Path,
  value: unknown,
  group: string,
  instead: readonly unknown[],
  hasOthers = true,
): UnsupportedValue {
  const field = path.join('.');
  const shown = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
  const list = instead.map((each) => JSON.stringify(each)).join(', ');
  const effect = pluginFieldEffects[`${group}: ${field}`];
  const which = effect === undefined ? '' : `, which ${effect}`;
  const hint = instead.length === 0 ? 'leave it out' : `supported: ${list}${which}`;
  return {
    path,
    message: `${field}: ${shown} is not supported by Sluice yet (${hint})`,
    unsupported: { group, field, ...(hasOthers ? { value: String(value) } : {}) },
  };
}

function findReferences(
  fields: Fields,
  values: Values,
  at: Path,
  group: string,
  found: UnsupportedValue[],
): void {
  for (const [name, field] of Object.entries(fields)) {
    const value = values[name];
    const path = [...at, name];
    if (field.type === 'record') {
      if (isRecord(value)) findReferences(field.fields, value, path, group, found);
    } else if (field.referenceable === true && typeof value === 'string' && isReference(value)) {
      const message = `${path.join('.')}: references to vaults are not supported by Sluice yet`;
      found.push({ path, message, unsupported: { group, field: path.join('.') } });
    }
  }
}

function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
