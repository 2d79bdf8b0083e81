import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { copyFields, dropping, HOP_BY_HOP } from './copy-fields.ts';
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
    assert.equal(copyFields(from, drop, null, fields), 'A: 1\r\nb: 3\r\n');
  });

  it('leaves a Host that was set to the line that there is already', () => {
    const from = head('Host: a', 'A: 1');
    const fields = new Fields(from);
    fields.set('Host', 'b');
    assert.equal(copyFields(from, drop, null, fields), 'A: 1\r\n');
    assert.equal(fields.getAdded('host'), 'b');
  });

  it('copies nothing of an empty head', () => {
    assert.equal(copyFields(head('TE: trailers'), drop, null, null), '');
  });
});
