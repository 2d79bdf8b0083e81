import type { ResponseView } from '../plugin/exchange.ts';
import type { HttpExchange } from './exchange.ts';
import { Fields } from './http1/fields.ts';
import { refuseFraming } from './request-facade.ts';

/** The response as plugins see and change it, until its head is sent. */
export class ResponseFacade implements ResponseView {
  private readonly exchange: HttpExchange;

  constructor(exchange: HttpExchange) {
    this.exchange = exchange;
  }

  get status(): number {
    return this.exchange.status;
  }

  set status(status: number) {
    if (!Number.isInteger(status) || status < 200 || status > 999) {
      throw new RangeError(`${status} is not a status of a final response`);
    }
    this.exchange.status = status;
  }

  private get fields(): Fields {
    return (this.exchange.responseFields ??= new Fields(this.exchange.responseHead));
  }

  header(name: string): string | undefined {
    return this.fields.get(name);
  }

  headerValues(name: string): readonly string[] {
    return this.fields.getAll(name);
  }

  headers(): readonly (readonly [string, string])[] {
    return this.fields.list();
  }

  setHeader(name: string, value: string): void {
    refuseFraming(name.toLowerCase());
    this.fields.set(name, value);
  }

  addHeader(name: string, value: string): void {
    refuseFraming(name.toLowerCase());
    this.fields.add(name, value);
  }

  removeHeader(name: string): void {
    refuseFraming(name.toLowerCase());
    this.fields.remove(name);
  }
}
