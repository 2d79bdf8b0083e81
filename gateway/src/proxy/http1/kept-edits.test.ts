import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { FieldEdits, FieldsView } from '../../plugin/exchange.ts';
import { FieldNames } from '../../plugin/field-names.ts';
import { HeaderEdits, type Edits } from '../../plugin/header-edits.ts';
import { FieldsFacade } from '../exchange/fields-facade.ts';
import type { HttpExchange } from '../exchange/exchange.ts';
import { dropping, passingFields, trailerLines } from './copy-fields.ts';
import { Fields } from './fields.ts';
import { MessageHead } from './message-head.ts';

class View extends FieldsFacade {
  readonly #fields: Fields;

  constructor(fields: Fields) {
    super({} as HttpExchange);
    this.#fields = fields;
  }

  protected override fields(): Fields {
    return this.#fields;
  }
}

function parse(head: MessageHead, lines: readonly string[]): MessageHead {
  const bytes = Buffer.from([...lines, '', ''].join('\r\n'), 'latin1');
  head.parseFields(bytes.toString('latin1'), bytes, 0, 0, bytes.length, 100, 1000);
  return head;
}

const names = ['X-A', 'X-B', 'X-Cc', 'X-Consumer-ID'];
const lines = fc.array(
  fc.tuple(fc.constantFrom(...names), fc.nat({ max: 2 })).map(([name, n]) => `${name}: ${n}`),
  { maxLength: 4 },
);
const name = fc.constantFrom(...names);
const named = fc.array(fc.record({ name, value: fc.constantFrom<string | number>('k', 0, 1) }), {
  maxLength: 2,
});
const edits: fc.Arbitrary<Edits> = fc.record({
  remove: fc.array(name, { maxLength: 2 }),
  rename: fc.array(fc.record({ name, value: name }), { maxLength: 2 }),
  replace: named,
  add: named,
  append: named,
});
const values = fc.tuple(fc.constantFrom('v', 'w'), fc.constantFrom('x', 'y'));
/** What others did to the fields before. */
const before = fc.array(fc.tuple(fc.constantFrom('add', 'set', 'remove'), name), { maxLength: 2 });

const TRAILERS = parse(
  new MessageHead(),
  names.map((one) => `${one}: behind`),
);

/** All that can be told of fields after edits. */
function outcome(
  head: MessageHead,
  made: (view: FieldsView) => void,
  others: readonly (readonly [string, string])[],
): unknown {
  const fields = new Fields(head);
  const view = new View(fields);
  for (const [what, of] of others) {
    if (what === 'remove') view.removeHeader(of);
    else if (what === 'set') view.setHeader(of, 'set');
    else view.addHeader(of, 'added');
  }
  made(view);
  const passing = passingFields(head, dropping(), null, fields);
  const trailers = trailerLines(TRAILERS, dropping(), fields);
  view.setHeader('X-A', 'later');
  return [passing, trailers, fields.list()];
}

describe('edits of fields that come again', () => {
  it('come to what they would have come to by themselves', () => {
    // Mostly the same head, so that what is kept of it is there when anything else changes.
    const head = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.constant(1));
    const times = fc.integer({ min: 1, max: 3 });
    const step = fc.tuple(head, values, before, fc.nat({ max: 1 }), times);
    const heads = fc.tuple(lines, lines);
    fc.assert(
      fc.property(edits, edits, heads, fc.array(step), (one, two, texts, steps) => {
        const [first, second] = [new HeaderEdits(one), new HeaderEdits(two)];
        const head = new MessageHead();
        for (const [sent, given, others, which, times] of steps) {
          const text = texts[sent];
          const made = which === 0 ? first : second;
          for (let i = 0; i < times; i++) {
            const edited = outcome(parse(head, text), (view) => view.edit(made, given), others);
            const alone = parse(new MessageHead(), text);
            assert.deepEqual(
              edited,
              outcome(alone, (view) => made.apply(view, given), others),
            );
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are made once where nothing changes, and again where a value or another field does', () => {
    let made = 0;
    const counted: FieldEdits = {
      names: new FieldNames(['X-A']),
      apply(view, [value = '']) {
        made++;
        view.setHeader('X-A', value);
      },
    };
    const head = new MessageHead();
    const edit = (value: string, ...text: string[]): number => {
      new View(new Fields(parse(head, text))).edit(counted, [value]);
      return made;
    };
    assert.deepEqual(
      [edit('1', 'X-A: 0'), edit('1', 'X-A: 0'), edit('1', 'X-A: 0'), edit('1', 'X-A: 0')],
      [1, 2, 2, 2],
    );
    assert.deepEqual([edit('2', 'X-A: 0'), edit('2', 'X-A: 0')], [3, 3]);
    assert.deepEqual([edit('2', 'X-A: 1'), edit('2', 'X-A: 1'), edit('2', 'X-A: 1')], [4, 5, 5]);
  });
});
