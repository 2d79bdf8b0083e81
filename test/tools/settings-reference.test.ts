import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { referencePath, settingsReference } from './settings-reference.ts';

it('the reference of settings says what the options say (else: npm run docs)', async () => {
  assert.equal(readFileSync(referencePath, 'utf8'), await settingsReference());
});
