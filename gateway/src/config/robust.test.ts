import { describe, it } from 'node:test';
import fc from 'fast-check';
import { definitionOf, tableNames } from '../entities/tables.ts';
import { bundledPlugins } from '../plugins/bundled.ts';
import { parseDeclarative } from './parse.ts';

/** Values of any type under names that mean something, as a slip of the keyboard makes them. */
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('http', 'a.test:80', '~/(', '/a%zz', '*.x', 'rate-limiting', '{vault://env/x}'),
  fc.constantFrom({ id: 5 }, { name: 'a' }, [null], [[]], { minute: -1, redis: null }),
);

const entity = fc.constantFrom(...tableNames).chain((table) => {
  const names = [...Object.keys(definitionOf(table).fields), ...tableNames, '_config', '_ignore'];
  return fc.tuple(fc.constant(table), fc.dictionary(fc.constantFrom(...names), value));
});

const document = fc
  .tuple(fc.array(entity, { maxLength: 5 }), fc.dictionary(fc.constantFrom('_info', 'x'), value))
  .map(([entities, more]) => {
    const tables = entities.map(([table, fields]) => [table, [fields]] as const);
    return { _format_version: '3.0', ...more, ...Object.fromEntries(tables) };
  });

describe('parseDeclarative', () => {
  it('finds problems, and never fails, whatever the file holds', () => {
    fc.assert(
      fc.property(document, (content) => {
        parseDeclarative(JSON.stringify(content), 'x.json', { plugins: bundledPlugins, env: {} });
      }),
      { numRuns: 300 },
    );
  });
});
