import assert from 'node:assert/strict';
import type { FieldLines } from '../field-lines.ts';
import type { FieldNames } from '../field-names.ts';
import { tellsIdentity } from '../identity-names.ts';
import type { FieldEdits, FieldsView } from '../plugin.ts';
import { HeaderList } from './header-list.ts';

/** The fields of a message under test. */
export abstract class TestFields implements FieldsView {
  protected fields: HeaderList;

  constructor(fields: Iterable<readonly [string, string]>) {
    this.fields = new HeaderList(fields);
  }

  /** Called before fields that tell who is asking are looked at or changed. */
  protected settleIdentity(): void {}

  private settle(...names: readonly string[]): void {
    if (names.some(tellsIdentity)) this.settleIdentity();
  }

  header(name: string): string | undefined {
    this.settle(name);
    return this.fields.first(name);
  }

  headerValues(name: string): readonly string[] {
    this.settle(name);
    return this.fields.all(name);
  }

  hasHeader(name: string): boolean {
    this.settle(name);
    return this.fields.first(name) !== undefined;
  }

  headers(): readonly (readonly [string, string])[] {
    this.settleIdentity();
    return this.fields.list();
  }

  setHeader(name: string, value: string): void {
    this.settle(name);
    this.fields.set(name, value);
  }

  addHeader(name: string, value: string): void {
    this.settle(name);
    this.fields.add(name, value);
  }

  /** @throws AssertionError when the lines are of other fields than they are said to be */
  addLines(lines: FieldLines): void {
    const all = lines.list();
    const there = new Set(all.map(([name]) => name.toLowerCase()));
    assert.deepEqual(new Set(lines.names.lower), there, 'the names of lines are not those in them');
    this.settle(...there);
    for (const [name, value] of all) this.fields.add(name, value);
  }

  setLines(replaced: FieldNames, lines: FieldLines): void {
    this.settle(...replaced.lower);
    for (const name of replaced.lower) this.fields.remove(name);
    this.addLines(lines);
  }

  renameHeader(from: string, to: string): void {
    this.settle(from, to);
    const values = this.fields.all(from);
    if (values.length === 0) return;
    this.fields.remove(from);
    this.fields.remove(to);
    for (const value of values) this.fields.add(to, value);
  }

  edit(edits: FieldEdits, values: readonly string[]): void {
    edits.apply(this, values);
  }

  removeHeader(name: string): void {
    this.settle(name);
    this.fields.remove(name);
  }
}
