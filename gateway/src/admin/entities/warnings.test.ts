import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { warningHeader } from './warnings.ts';

describe('the header of warnings', () => {
  it('is a list of strings, and not there when there are none', () => {
    assert.deepEqual(warningHeader([]), {});
    assert.deepEqual(warningHeader(['a "b"', 'c\\\n']), {
      'X-Sluice-Warning': '"a \\"b\\"", "c\\\\%0A"',
    });
  });

  it('gives back what was encoded', () => {
    const warning = "service '100%25 süß' …";
    const { 'X-Sluice-Warning': text = '' } = warningHeader([warning]);
    assert.equal(decodeURIComponent(text), `"${warning}"`);
  });

  it('has an end, which says how many there are besides', () => {
    const all = Array.from({ length: 100 }, (_, index) => `${index} ${'x'.repeat(90)}`);
    const { 'X-Sluice-Warning': text = '' } = warningHeader(all);
    assert.ok(text.length < 4200);
    const [, more] = /"and (\d+) more: see warnings in \/status"$/.exec(text) ?? [];
    assert.equal(Number(more), 100 - text.split('", "').length + 1);
    assert.match(
      warningHeader(['x'.repeat(5000)])['X-Sluice-Warning'] ?? '',
      /^"and 1 more: see warnings in \/status"$/,
    );
  });
});
