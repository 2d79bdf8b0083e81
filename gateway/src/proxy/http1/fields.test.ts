import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FieldLines } from '../../plugin/field-lines.ts';
import { FieldNames } from '../../plugin/field-names.ts';
import { copyFields, dropping, HOP_BY_HOP, passingFields, trailerLines } from './copy-fields.ts';
import { Fields } from './fields.ts';
import { MessageHead } from './message-head.ts';

function head(...lines: string[]): MessageHead {
  const parsed = new MessageHead();
  const text = `${lines.join('\r\n')}\r\n\r\n`;
  const bytes = Buffer.from(text, 'latin1');
  parsed.parseFields(text, bytes, 0, 0, bytes.length, 100, 1000);
  return parsed;
}

describe('fields', () => {
  it('are found without regard to case', () => {
    const fields = new Fields(head('X-One: 1', 'x-one: 2'));
    assert.equal(fields.get('x-one'), '1');
    assert.deepEqual(fields.getAll('x-one'), ['1', '2']);
    assert.equal(fields.get('x-two'), undefined);
  });

  it('can be set, added and removed over what was received', () => {
    const fields = new Fields(head('X-One: 1', 'X-One: 2', 'X-Keep: k'));
    fields.set('x-one', '3');
    fields.add('X-One', '4');
    assert.deepEqual(fields.getAll('x-one'), ['3', '4']);
    fields.remove('X-ONE');
    assert.equal(fields.get('x-one'), undefined);
    assert.deepEqual(fields.list(), [['X-Keep', 'k']]);
  });

  it('take another name with all their lines', () => {
    const fields = new Fields(head('X-One: 1', 'X-Two: 0', 'x-one: 2'));
    fields.rename('x-one', 'X-Two');
    fields.rename('x-none', 'X-Two');
    assert.deepEqual(fields.list(), [
      ['X-Two', '1'],
      ['X-Two', '2'],
    ]);
  });

  it('tell nothing of who is asking once that is removed', () => {
    const fields = new Fields(head('X-Consumer-Id: 1', 'A: 1'));
    fields.set('X-Anonymous-Consumer', 'true');
    fields.removeIdentity();
    assert.deepEqual(fields.list(), [['A', '1']]);
  });

  it('refuse what would end a line', () => {
    const fields = new Fields(null);
    assert.throws(() => fields.set('X-A', 'b\r\nX-B: c'), /control character/);
    assert.throws(() => fields.set('X A', 'b'), /not a field name/);
  });

  it('send text beyond latin1 as UTF-8', () => {
    const fields = new Fields(null);
    fields.set('X-A', 'żółw');
    assert.equal(Buffer.from(fields.get('x-a')!, 'latin1').toString('utf8'), 'żółw');
  });
});

describe('copying fields', () => {
  const drop = dropping(...HOP_BY_HOP);

  it('leaves framing and hop-by-hop fields behind and keeps the others as they were', () => {
    const from = head(
      'A: 1',
      'Connection: x',
      'Content-Length: 3',
      'b:  2 ',
      'Keep-Alive: 5',
      'C: 3',
    );
    assert.equal(copyFields(from, drop, null, null), 'A: 1\r\nb:  2 \r\nC: 3\r\n');
  });

  it('leaves behind what Connection names', () => {
    assert.equal(copyFields(head('X-Hop: 1', 'A: 1'), drop, ['x-hop'], null), 'A: 1\r\n');
  });

  it('follows what was changed', () => {
    const from = head('A: 1', 'B: 2');
    const fields = new Fields(from);
    fields.set('b', '3');
    assert.equal(passingFields(from, drop, null, fields), 'A: 1\r\nb: 3\r\n');
  });

  it('leaves a Host that was set to the line that there is already', () => {
    const from = head('Host: a', 'A: 1');
    const fields = new Fields(from);
    fields.set('Host', 'b');
    assert.equal(passingFields(from, drop, null, fields), 'A: 1\r\n');
    assert.equal(fields.host, 'b');
  });

  it('copies nothing of an empty head', () => {
    assert.equal(copyFields(head('TE: trailers'), drop, null, null), '');
  });
});

describe('fields behind a body', () => {
  const NONE = dropping();
  const trailers = head('x-set: 1', 'X_Removed: 2', 'x-line: 3', 'X-Withheld: 4', 'X-Other: 5');

  it('pass but for those that somebody decided about in the head', () => {
    const fields = new Fields(head('X-Other: 1'));
    fields.set('X-Set', 'a');
    fields.remove('x-removed');
    fields.addLines(new FieldLines(new FieldNames(['X-Line']), 'X-Line: b\r\n'));
    fields.removeSpellings(new FieldNames(['x_withheld']));
    assert.equal(trailerLines(trailers, NONE, fields), 'X-Other: 5\r\n');
  });

  it('pass where nobody decided about any', () => {
    assert.equal(trailerLines(trailers, NONE, null).match(/\r\n/g)?.length, 5);
    assert.equal(trailerLines(null, NONE, null), '');
  });
});

describe('fields that came as lines', () => {
  const NAMES = new FieldNames(['x-one', 'x-two']);
  const LINES = new FieldLines(NAMES, 'X-One: 1\r\nX-Two:  2\r\n');

  it('go out as they are', () => {
    const fields = new Fields(head('Server: a'));
    fields.setLines(NAMES, LINES);
    assert.equal(fields.removed, null);
    assert.equal(fields.addedLines(), LINES.text);
  });

  it('take the place of those of the same names', () => {
    const original = head('X-One: 0', 'X-Other: 3', 'x-two: 0');
    const fields = new Fields(original);
    fields.set('X-Two', '1');
    fields.setLines(NAMES, LINES);
    fields.setLines(NAMES, LINES);
    assert.equal(copyFields(original, dropping(), null, fields), 'X-Other: 3\r\n');
    assert.equal(fields.addedLines(), LINES.text);
  });

  it('keep every octet of their values, whatever white space it may be elsewhere', () => {
    const fields = new Fields(null);
    fields.addLines(new FieldLines(NAMES, 'X-One: \t voil\xc3\xa0 \r\n'));
    assert.equal(fields.get('x-one'), 'voil\xc3\xa0');
  });

  it('are fields as any others to whoever looks at them', () => {
    const fields = new Fields(null);
    fields.addLines(LINES);
    assert.equal(fields.get('x-two'), '2');
    fields.remove('X-Two');
    fields.add('x-one', '3');
    assert.deepEqual(fields.getAll('x-one'), ['1', '3']);
    assert.equal(fields.get('x-two'), undefined);
    assert.deepEqual(fields.list(), [
      ['X-One', '1'],
      ['x-one', '3'],
    ]);
  });

  it('may come without a word of what they are', () => {
    const fields = new Fields(null);
    fields.addLines(FieldLines.of(LINES.text));
    assert.equal(fields.has('x-two'), true);
    assert.equal(fields.has('x-three'), false);
  });

  it('can have a Host among them', () => {
    const fields = new Fields(head('Host: a'));
    const names = new FieldNames(['Host', 'X-One']);
    fields.setLines(names, new FieldLines(names, 'Host: b\r\nX-One: 1\r\n'));
    assert.equal(fields.host, 'b');
    assert.equal(fields.addedLines(), 'X-One: 1\r\n');
  });
});

describe('what a head passes on', () => {
  const drop = dropping();

  it('is kept by what is left out of it', () => {
    const original = head('A: 1', 'B: 2', 'C: 3');
    const without = (...names: string[]): string => {
      const fields = new Fields(original);
      for (const name of names) fields.remove(name);
      return passingFields(original, drop, null, fields);
    };
    for (let round = 0; round < 3; round++) {
      assert.equal(without(), 'A: 1\r\nB: 2\r\nC: 3\r\n');
      assert.equal(without('b'), 'A: 1\r\nC: 3\r\n');
      assert.equal(without('b', 'c'), 'A: 1\r\n');
      assert.equal(without('a'), 'B: 2\r\nC: 3\r\n');
    }
  });

  it('follows when other fields come', () => {
    const parsed = head('A: 1', 'B: 2');
    for (const value of ['3', '4', '4', '5']) {
      const text = `A: ${value}\r\nB: 2\r\n\r\n`;
      const bytes = Buffer.from(text);
      parsed.parseFields(text, bytes, 0, 0, bytes.length, 100, 1000);
      const fields = new Fields(parsed);
      fields.remove('b');
      fields.add('C', '6');
      assert.equal(fields.get('a'), value);
      assert.equal(passingFields(parsed, drop, null, fields), `A: ${value}\r\nC: 6\r\n`);
    }
  });
});
