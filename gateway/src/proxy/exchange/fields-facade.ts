import type { FieldLines } from '../../plugin/field-lines.ts';
import type { FieldNames } from '../../plugin/field-names.ts';
import type { HttpExchange } from './exchange.ts';
import { refuseFramingField } from '../framing-fields.ts';
import type { Fields } from '../http1/fields.ts';

/** The fields of a message as plugins see and change them. */
export abstract class FieldsFacade {
  protected readonly exchange: HttpExchange;

  constructor(exchange: HttpExchange) {
    this.exchange = exchange;
  }

  protected abstract get fields(): Fields;

  header(name: string): string | undefined {
    return this.fields.get(name);
  }

  headerValues(name: string): readonly string[] {
    return this.fields.getAll(name);
  }

  hasHeader(name: string): boolean {
    return this.fields.has(name);
  }

  headers(): readonly (readonly [string, string])[] {
    return this.fields.list();
  }

  /** @throws TypeError when the field frames the message, or cannot be sent */
  setHeader(name: string, value: string): void {
    refuseFramingField(name);
    this.fields.set(name, value);
  }

  /** @throws TypeError when the field frames the message, or cannot be sent */
  addHeader(name: string, value: string): void {
    refuseFramingField(name);
    this.fields.add(name, value);
  }

  addLines(lines: FieldLines): void {
    this.fields.addLines(lines);
  }

  setLines(replaced: FieldNames, lines: FieldLines): void {
    this.fields.setLines(replaced, lines);
  }

  /** @throws TypeError when one of the fields frames the message, or cannot be sent */
  renameHeader(from: string, to: string): void {
    refuseFramingField(from);
    refuseFramingField(to);
    this.fields.rename(from, to);
  }

  /** @throws TypeError when the field frames the message */
  removeHeader(name: string): void {
    refuseFramingField(name);
    this.fields.remove(name);
  }
}
