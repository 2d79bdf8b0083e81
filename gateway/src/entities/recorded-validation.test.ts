import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fieldTree } from './schema/failure.ts';
import type { TableName } from './tables.ts';
import { validatorOf } from './validators.ts';

interface Recorded {
  readonly table: TableName;
  readonly input: Readonly<Record<string, unknown>>;
  /** Kong's tree of errors; absent when it accepted the input. */
  readonly fields?: unknown;
}

/** What Kong 3.9.3 answered to these inputs; `{{any}}` stands for words of its TLS or regex library. */
const recorded = JSON.parse(
  readFileSync(new URL('testdata/recorded-validation.json', import.meta.url), 'utf8'),
) as Recorded[];

/** Texts as patterns, so that `{{any}}` fits; sets have no order. */
function comparable(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(comparable);
  if (typeof tree === 'object' && tree !== null) {
    return Object.fromEntries(
      Object.entries(tree).map(([name, value]) => {
        const known = comparable(value);
        return [name, name === '@entity' && Array.isArray(known) ? known.sort() : known];
      }),
    );
  }
  return typeof tree === 'string'
    ? tree.replace(/^(invalid (?:certificate|key|regex)|could not load private key).*/s, '$1')
    : tree;
}

describe('validation of entities', () => {
  for (const table of new Set(recorded.map((each) => each.table))) {
    it(`refuses and accepts ${table} as Kong does, in the same words`, () => {
      for (const { input, fields } of recorded.filter((each) => each.table === table)) {
        const result = validatorOf(table)(input);
        const given = result.ok ? undefined : comparable(fieldTree(result.failures));
        assert.deepEqual(given, comparable(fields), JSON.stringify(input).slice(0, 300));
      }
    });
  }
});
