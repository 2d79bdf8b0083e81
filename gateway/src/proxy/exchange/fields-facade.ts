import type { FieldEdits, FieldsView } from '../../plugin/exchange.ts';
import type { FieldLines } from '../../plugin/field-lines.ts';
import type { FieldNames } from '../../plugin/field-names.ts';
import { tellsIdentity } from '../../plugin/identity-names.ts';
import type { HttpExchange } from './exchange.ts';
import { refuseFramingField } from '../framing-fields.ts';
import type { Fields } from '../http1/fields.ts';

/** The fields of a message as plugins see and change them. */
export abstract class FieldsFacade implements FieldsView {
  protected readonly exchange: HttpExchange;

  constructor(exchange: HttpExchange) {
    this.exchange = exchange;
  }

  /** @param ofIdentity whether they are wanted for fields that tell who is asking */
  protected abstract fields(ofIdentity: boolean): Fields;

  private fieldsFor(name: string): Fields {
    return this.fields(tellsIdentity(name));
  }

  header(name: string): string | undefined {
    return this.fieldsFor(name).get(name);
  }

  headerValues(name: string): readonly string[] {
    return this.fieldsFor(name).getAll(name);
  }

  hasHeader(name: string): boolean {
    return this.fieldsFor(name).has(name);
  }

  headers(): readonly (readonly [string, string])[] {
    return this.fields(true).list();
  }

  /** @throws TypeError when the field frames the message, or cannot be sent */
  setHeader(name: string, value: string): void {
    refuseFramingField(name);
    this.fieldsFor(name).set(name, value);
  }

  /** @throws TypeError when the field frames the message, or cannot be sent */
  addHeader(name: string, value: string): void {
    refuseFramingField(name);
    this.fieldsFor(name).add(name, value);
  }

  addLines(lines: FieldLines): void {
    this.fields(lines.names.tellIdentity).addLines(lines);
  }

  setLines(replaced: FieldNames, lines: FieldLines): void {
    this.fields(replaced.tellIdentity || lines.names.tellIdentity).setLines(replaced, lines);
  }

  /** @throws TypeError when one of the fields frames the message, or cannot be sent */
  renameHeader(from: string, to: string): void {
    refuseFramingField(from);
    refuseFramingField(to);
    this.fields(tellsIdentity(from) || tellsIdentity(to)).rename(from, to);
  }

  edit(edits: FieldEdits, values: readonly string[]): void {
    // What is said of who is asking is another's to know at each request.
    if (edits.names.tellIdentity) edits.apply(this, values);
    else this.fields(false).edit(edits, values, this);
  }

  /** @throws TypeError when the field frames the message */
  removeHeader(name: string): void {
    refuseFramingField(name);
    this.fieldsFor(name).remove(name);
  }
}
