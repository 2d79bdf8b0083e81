import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problemsOf } from './testing/parsed.ts';

function problemsIn(body: string): string[] {
  return problemsOf(`_format_version: "3.0"\n${body}\n`);
}

describe('What was probably meant', () => {
  it('is told of a field that stands beside the record which it belongs to', () => {
    assert.deepEqual(problemsIn('plugins: [{name: key-auth, key_names: [apikey]}]'), [
      "2:28: plugin 'key-auth': unknown field 'key_names' (did you mean 'config.key_names'?)",
    ]);
  });

  it('is told of the name of what is nested in an entity', () => {
    assert.deepEqual(problemsIn('consumers: [{username: ada, keyauth_credentails: [{key: k}]}]'), [
      "2:29: consumer 'ada': unknown field 'keyauth_credentails' (did you mean 'keyauth_credentials'?)",
    ]);
  });

  it('is told of a value where a list belongs, but not the value', () => {
    assert.deepEqual(problemsIn('plugins: [{name: key-auth, config: {key_names: s3cret}}]'), [
      "2:48: plugin 'key-auth': config.key_names: expected an array (write a list, as in [x])",
    ]);
  });

  it('is told with the place of an entry that is no record', () => {
    assert.deepEqual(problemsIn('consumers: [{username: ada, acls: [staff]}]'), [
      "2:36: consumer 'ada': acls.1: expected a record",
    ]);
  });

  it('of the methods of openid-connect is what has those that it does not have', () => {
    const config =
      'config: {issuer: "https://a.example", client_id: [a], auth_methods: [bearer, password]}';
    const [problem = ''] = problemsIn(`plugins: [{name: openid-connect, ${config}}]`);
    assert.match(
      problem,
      /auth_methods\.2: expected one of: .*'introspection'; nothing has the rest/,
    );
  });
});
