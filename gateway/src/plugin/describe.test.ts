import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describePlugin } from './describe.ts';
import { definePlugin, f } from './plugin.ts';

const described = describePlugin(
  definePlugin({
    name: 'sample',
    summary: 'Shows every kind of field.',
    version: '1.0.0',
    priority: 7,
    protocols: ['http'],
    forbids: ['consumer'],
    config: f.record(
      {
        text: f.string({ required: true, description: 'Some text.' }),
        choice: f.string({ one_of: ['a', 'b'], default: 'a' }),
        port: f.integer({ between: [0, 65535] }),
        rate: f.number({ gt: 0 }),
        list: f.array(f.string(), { default: ['x'] }),
        map: f.map(f.string(), f.boolean()),
        entries: f.array(f.record({ id: f.string({ required: true }) })),
        inner: f.record({ flag: f.boolean({ default: false }) }),
        secret: f.string({ default: 'random', encrypted: true }),
        more: f.boolean({ default: false, beyondKong: true }),
      },
      {
        shorthands: {
          inner_text: {
            field: f.string({ description: 'The inner record as a text.' }),
            translate: (text: string) => ({ inner: JSON.parse(text) as unknown }),
          },
          old_flag: {
            field: f.boolean(),
            translate: (flag: boolean) => ({ 'inner.flag': flag }),
            replaced_with: [['inner', 'flag']],
          },
        },
      },
    ),
    setup: () => ({}),
  }),
);

describe('describePlugin', () => {
  it('tells type and default of every field, those of records by their path', () => {
    assert.deepEqual(
      described.fields.map(({ name, type, default: value }) => [name, type, value]),
      [
        ['text', 'string', 'required'],
        ['choice', 'one of a, b', '"a"'],
        ['port', 'integer 0–65535', ''],
        ['rate', 'number above 0', ''],
        ['list', 'array of string', '["x"]'],
        ['map', 'map of boolean', ''],
        ['entries', 'array of record', ''],
        ['entries[].id', 'string', 'required'],
        ['inner.flag', 'boolean', 'false'],
        ['secret', 'string', 'made up'],
        ['more', 'boolean', 'false'],
        ['inner_text', 'string', ''],
      ],
    );
    assert.equal(described.fields[0]?.description, 'Some text.');
  });

  it('tells what Kong does not have', () => {
    const beyond = described.fields.filter(({ beyondKong }) => beyondKong);
    assert.deepEqual(
      beyond.map(({ name }) => name),
      ['more'],
    );
  });

  it('leaves out the scopes that the plugin forbids', () => {
    assert.deepEqual(described.scopes, ['route', 'service']);
  });

  it('tells what replaced an old name', () => {
    assert.deepEqual(described.renamed, [{ name: 'old_flag', now: 'inner.flag' }]);
  });
});
