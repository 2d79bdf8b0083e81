import type { ResponseView } from '../plugin/exchange.ts';
import { FieldsFacade } from './fields-facade.ts';
import { Fields } from './http1/fields.ts';
import { lineNames } from './line-names.ts';

/** The response as plugins see and change it, until its head is sent. */
export class ResponseFacade extends FieldsFacade implements ResponseView {
  get status(): number {
    return this.exchange.status;
  }

  set status(status: number) {
    if (!Number.isInteger(status) || status < 200 || status > 999) {
      throw new RangeError(`${status} is not a status of a final response`);
    }
    this.exchange.status = status;
  }

  setLines(names: readonly string[], lines: string): void {
    this.fields.setLines(lineNames(names), lines);
  }

  protected override get fields(): Fields {
    return (this.exchange.responseFields ??= new Fields(this.exchange.responseHead));
  }
}
