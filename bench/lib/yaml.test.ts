import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { siteDocument } from './documents.ts';
import { toYaml } from './yaml.ts';

describe('YAML writer', () => {
  it('writes configurations that mean the same as in JSON', () => {
    const plugins = [{ name: 'key-auth', config: { key_names: ['apikey'], realm: null } }];
    const site = siteDocument({ port: 1, routes: 3, path: '/{n}', consumers: 2, plugins });
    assert.deepEqual(parse(toYaml(site)), site);
    assert.match(toYaml(site), /\n {2}- name: "service-1"\n {4}host: /);
  });

  it('writes any document so that it reads back as it was', () => {
    const key = fc.stringMatching(/^[a-z_]{1,8}$/);
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(key, tree, { minKeys: 1, noNullPrototype: true }), (value) => {
        assert.deepEqual(parse(toYaml(value)), value);
      }),
    );
  });
});
