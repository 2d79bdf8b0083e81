import type { ResponseView } from '../../plugin/exchange.ts';
import { FieldsFacade } from './fields-facade.ts';
import { HeldBody } from '../held-body.ts';
import { Fields } from '../http1/fields.ts';

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

  changeBody(limit: number, change: (body: Uint8Array) => Uint8Array): void {
    if (this.exchange.status === 0 || this.exchange.headSent) {
      throw new TypeError('changeBody() is for response-header handlers');
    }
    const { exchange } = this;
    (exchange.heldBody ??= new HeldBody(exchange.thread.bodyRoom)).want(limit, change);
  }

  protected override fields(): Fields {
    return (this.exchange.responseFields ??= new Fields(this.exchange.responseHead));
  }
}
