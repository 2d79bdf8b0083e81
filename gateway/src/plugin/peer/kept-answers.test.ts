import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KeptAnswers } from './kept-answers.ts';

describe('answers that are kept', () => {
  it('count for their time', () => {
    const kept = new KeptAnswers<string>({ accepted: 10, refused: 10 });
    kept.keep('a', 'accepted', 'yes', 100);
    assert.equal(kept.get('a', 99)?.answer, 'yes');
    assert.equal(kept.get('a', 100), undefined);
  });

  it('take the place of those before, of either kind', () => {
    const kept = new KeptAnswers<string>({ accepted: 10, refused: 10 });
    kept.keep('a', 'accepted', 'yes', 100);
    kept.keep('a', 'refused', 'no', 200);
    assert.equal(kept.get('a', 50)?.answer, 'no');
    kept.keep('a', 'accepted', 'yes again', 300);
    assert.equal(kept.get('a', 250)?.answer, 'yes again');
  });

  it('are not pushed out by refusals, however many', () => {
    const kept = new KeptAnswers<string>({ accepted: 10, refused: 10 });
    kept.keep('a', 'accepted', 'yes', 100);
    for (let i = 0; i < 1000; i++) kept.keep(`no ${i}`, 'refused', 'no', 100);
    assert.equal(kept.get('a', 0)?.answer, 'yes');
    assert.equal(kept.get('no 0', 0), undefined);
  });
});
