import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { knownPlugins } from '../plugins/known.ts';
import type { DeclaredFailure } from './declared-failure.ts';
import { readDeclaration } from './declaration.ts';

function failuresOf(document: object): Pick<DeclaredFailure, 'path' | 'message'>[] {
  const text = JSON.stringify({ _format_version: '3.0', ...document });
  const result = readDeclaration(text, { plugins: knownPlugins });
  if (result.ok) return [];
  return result.failures.map(({ path, message }) => ({ path, message }));
}

describe('a declaration', () => {
  it('tells every entity that breaks its schema, and nothing else then', () => {
    const failures = failuresOf({
      services: [{ name: 'a' }, { name: 'a', host: 'a.test' }, { name: 'a', host: 'b.test' }],
    });
    assert.deepEqual(failures, [
      { path: ['services', 0, 'host'], message: 'required field missing' },
    ]);
  });

  it('tells references that lead nowhere by the name of the entity that has them', () => {
    const failures = failuresOf({ routes: [{ name: 'r', paths: ['/'], service: 'missing' }] });
    assert.deepEqual(failures, [
      {
        path: ['routes', 'r'],
        message: "invalid reference 'service: missing' (no such entry in 'services')",
      },
    ]);
  });

  it('tells the same reference as a missing key when a schema is broken as well', () => {
    const failures = failuresOf({
      services: [{}],
      routes: [{ name: 'r', paths: ['/'], service: 'missing' }],
    });
    assert.deepEqual(failures, [
      { path: ['services', 0, 'host'], message: 'required field missing' },
      { path: ['routes', 0, 'service', 'id'], message: 'missing primary key' },
    ]);
  });

  it('only says that there must be no reference where there must be none', () => {
    const service = { name: 'a', host: 'a.test', client_certificate: 'missing' };
    const failures = failuresOf({ services: [service] });
    assert.deepEqual(
      failures.filter(({ path }) => path.includes('client_certificate')),
      [{ path: ['services', 0, 'client_certificate'], message: 'value must be null' }],
    );
  });

  it('tells repeated names before other repeated fields', () => {
    const consumers = [
      { username: 'a', custom_id: '1' },
      { username: 'b', custom_id: '1' },
    ];
    const message =
      "uniqueness violation: 'consumers' entity with custom_id set to '1' already declared";
    assert.deepEqual(failuresOf({ consumers }), [{ path: ['consumers', 'b'], message }]);
    const again = failuresOf({ consumers: [...consumers, { username: 'a' }] });
    assert.deepEqual(
      again.map(({ path }) => path),
      [['consumers', 2]],
    );
  });

  it('takes what can be stored but not served, and leaves texts for decK alone', () => {
    const placeholder = '${{ env "DECK_X" }}';
    const text = JSON.stringify({
      _format_version: '3.0',
      vaults: [{ name: 'env', prefix: 'my-env', description: placeholder }],
    });
    const result = readDeclaration(text, { plugins: knownPlugins });
    assert.ok(result.ok);
    const [vault] = result.tables.vaults.values();
    assert.equal(vault?.description, placeholder);
  });
});
