import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formValues, withoutField } from './form.ts';

describe('formValues', () => {
  it('gives every value of a field, decoded', () => {
    assert.deepEqual(formValues('a=1&b=x+y&a=%C3%A9', 'a'), ['1', 'é']);
    assert.deepEqual(formValues('a=1&b=x+y', 'b'), ['x y']);
  });

  it('knows a field whose name is escaped', () => {
    assert.deepEqual(formValues('api%6Bey=k', 'apikey'), ['k']);
  });

  it('gives an empty text for a field without a value', () => {
    assert.deepEqual(formValues('a&a=', 'a'), ['', '']);
  });

  it('leaves an escape that is no UTF-8 as it is', () => {
    assert.deepEqual(formValues('a=%ff', 'a'), ['%ff']);
  });

  it('gives nothing for a field that is not there', () => {
    assert.deepEqual(formValues('', 'a'), []);
    assert.deepEqual(formValues('ab=1', 'a'), []);
  });
});

describe('withoutField', () => {
  it('removes every pair of the field and keeps the others as they were written', () => {
    assert.equal(withoutField('a=1&b=%7e+x&a=2&c=3', 'a'), 'b=%7e+x&c=3');
  });

  it('gives a pair without "=" one, as Kong writes it', () => {
    assert.equal(withoutField('a=1&y=1&z', 'a'), 'y=1&z=');
  });

  it('leaves a form without the field untouched', () => {
    assert.equal(withoutField('y=1&z', 'a'), 'y=1&z');
  });

  it('is empty when nothing else was there', () => {
    assert.equal(withoutField('a=1', 'a'), '');
  });
});
