import { JsonObject } from '../../plugin/body/json-object.ts';
import { nameValue, nameValues } from '../../plugin/name-value.ts';
import type { ResponseTransformerConfig } from './schema.ts';

/** A member with its value as JSON. */
interface Member {
  readonly name: string;
  readonly value: string;
}

type Change = (object: JsonObject) => void;

/**
 * What the configuration does to a body: to its outermost members, in Kong's order. A body that is no
 * JSON object stays as it is. Null where nothing of a body is to change.
 */
export function jsonChanges(
  config: ResponseTransformerConfig,
): ((body: Uint8Array) => Uint8Array) | null {
  const removed = config.remove.json.map((text) => nameValue(text).name);
  const renamed = nameValues(config.rename.json);
  const replaced = membersOf(config.replace);
  const added = membersOf(config.add);
  const appended = membersOf(config.append);
  const changes: readonly Change[] = [
    ...removed.map(
      (name): Change =>
        (object) =>
          object.remove(name),
    ),
    ...renamed.map(
      ({ name, value }): Change =>
        (object) =>
          object.rename(name, value),
    ),
    ...replaced.map(({ name, value }): Change => (object) => {
      if (object.has(name)) object.set(name, value);
    }),
    ...added.map(({ name, value }): Change => (object) => {
      if (!object.has(name)) object.set(name, value);
    }),
    ...appended.map(
      ({ name, value }): Change =>
        (object) =>
          object.append(name, value),
    ),
  ];
  if (changes.length === 0) return null;
  const others = [...renamed, ...replaced, ...added, ...appended].map(({ name }) => name);
  const names = new Set([...removed, ...others, ...renamed.map(({ value }) => value)]);

  return function change(body) {
    const object = JsonObject.read(body, names);
    if (object === undefined) return body;
    for (const each of changes) each(object);
    return object.bytes();
  };
}

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;

interface Values {
  readonly json: readonly string[];
  readonly json_types: readonly ('boolean' | 'number' | 'string')[];
}

function membersOf({ json, json_types: types }: Values): Member[] {
  return json.flatMap((text, i) => {
    const { name, value } = nameValue(text);
    const written = value === null ? null : jsonOf(value, types[i] ?? 'string');
    return written === null ? [] : [{ name, value: written }];
  });
}

/** A configured value as JSON, or null where it is none of its type. */
function jsonOf(value: string, type: 'boolean' | 'number' | 'string'): string | null {
  switch (type) {
    case 'string':
      return JSON.stringify(value);
    case 'boolean':
      return String(value === 'true');
    case 'number': {
      if (JSON_NUMBER.test(value)) return value;
      const number = value.trim() === '' ? NaN : Number(value);
      return Number.isFinite(number) ? String(number) : null;
    }
  }
}
