import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isJson } from '../../../../test/support/is-json.ts';
import { splitJson } from './json-split.ts';

describe('taking JSON apart', () => {
  it('parts the elements of collections from the rest', () => {
    const text =
      ' { "_info" : {"routes":[{"a":1}]},"services": [ {"a":"}\\"]"} , {"b":[{}, "{"]}],\n' +
      '"routes":[ ], "plugins": null, "x": 1.5e3 } ';
    assert.deepEqual(splitJson(text), {
      frame:
        ' { "_info" : {"routes":[{"a":1}]},"services": [],\n"routes":[], "plugins": null, "x": 1.5e3 } ',
      collections: [
        { table: 'services', elements: ['{"a":"}\\"]"}', '{"b":[{}, "{"]}'] },
        { table: 'routes', elements: [] },
      ],
    });
  });

  it('leaves alone what is not built as usual', () => {
    const odd = [
      ...['', '[]', '{}', '{"services":[{}', '{"services":[{},]}', '{"services":[{}{}]}'],
      ...[
        '{"services":[1]}',
        '{"services":[,{}]}',
        '{"services":[{}],"services":[]}',
        '{services:[]}',
      ],
    ];
    for (const text of odd) assert.equal(splitJson(text), undefined, text);
  });

  it('takes a document apart in the same way, whatever it knows of another', () => {
    const elements = fc.array(fc.constantFrom('{}', '{"a":1}', '{"a":12}', '{"a":{"b":"}"}}'));
    const document = elements.map((list) => `{"services":[${list.join()}]}`);
    fc.assert(
      fc.property(document, document, (before, text) => {
        assert.deepEqual(splitJson(text, splitJson(before)), splitJson(text));
      }),
    );
  });

  it('leaves nothing wrong outside of the frame and the elements', () => {
    const valid = JSON.stringify({
      _format_version: '3.0',
      services: [{ name: 'a\\"', routes: [{ paths: ['/'] }] }, { name: '{' }],
      consumers: [{ username: 'c' }],
    });
    fc.assert(
      fc.property(
        fc.nat({ max: valid.length }),
        fc.nat({ max: 2 }),
        fc.constantFrom('', '{', '}', '[', ']', ',', ':', '"', '\\', '0', ' '),
        (at, removed, put) => {
          const text = valid.slice(0, at) + put + valid.slice(at + removed);
          const split = splitJson(text);
          assert.deepEqual(splitJson(text, splitJson(valid)), split);
          if (split === undefined) return;
          const parts = [split.frame, ...split.collections.flatMap(({ elements }) => elements)];
          assert.equal(parts.every(isJson), isJson(text), text);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
