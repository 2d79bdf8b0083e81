import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { namesIn } from './subject.ts';

describe('the alternative names of a certificate', () => {
  it('are those by which somebody can be called', () => {
    const text =
      'DNS:a.test, email:a@b.test, URI:urn:x:y, IP Address:10.0.0.1, Registered ID:1.2.3';
    assert.deepEqual(namesIn(text), ['a.test', 'a@b.test', 'urn:x:y', '10.0.0.1']);
    assert.deepEqual(namesIn(''), []);
  });

  it('are whole, whatever stands in one of them', () => {
    assert.deepEqual(namesIn('DNS:"a.test, DNS:root", DNS:b.test'), ['a.test, DNS:root', 'b.test']);
    assert.deepEqual(namesIn('othername:<unsupported>, DNS:b.test'), ['b.test']);
  });

  it('never make reading fail, and are read back as they were written', () => {
    const value = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), (values) => {
        const text = values.map((one) => `DNS:${JSON.stringify(one)}`).join(', ');
        assert.deepEqual(namesIn(text), values);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => void namesIn(text)));
  });
});
