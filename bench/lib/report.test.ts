import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fillIn } from './report.ts';

describe('report', () => {
  const document = [
    'before',
    '<!-- bench:proxy from results -->',
    'old',
    '<!-- /bench -->',
    'between',
    '<!-- bench:memory from results -->',
    '<!-- /bench -->',
    'after',
  ].join('\n');

  it('takes the place of what stands between the marks, and of nothing else', () => {
    const filled = fillIn(document, { proxy: 'new\n', memory: 'much\n' });
    assert.match(
      filled,
      /^before\n<!-- bench:proxy from results -->\n\nnew\n\n<!-- \/bench -->\nbetw/,
    );
    assert.match(filled, /results -->\n\nmuch\n\n<!-- \/bench -->\nafter$/);
    assert.doesNotMatch(filled, /old/);
  });

  it('changes nothing when it runs again', () => {
    const sections = { proxy: 'new\n', memory: 'much\n' };
    const once = fillIn(document, sections);
    assert.equal(fillIn(once, sections), once);
  });

  it('leaves parts alone that it does not know', () => {
    assert.equal(fillIn(document, {}), document);
  });
});
