import type { HttpExchange } from './exchange.ts';
import type { Fields } from './http1/fields.ts';

/** Fields that frame a message or belong to one connection: never a plugin's to set. */
const FRAMING: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

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

  headers(): readonly (readonly [string, string])[] {
    return this.fields.list();
  }

  /** @throws TypeError when the field frames the message, or cannot be sent */
  setHeader(name: string, value: string): void {
    refuseFraming(name);
    this.fields.set(name, value);
  }

  /** @throws TypeError when the field frames the message, or cannot be sent */
  addHeader(name: string, value: string): void {
    refuseFraming(name);
    this.fields.add(name, value);
  }

  /** @throws TypeError when the field frames the message */
  removeHeader(name: string): void {
    refuseFraming(name);
    this.fields.remove(name);
  }
}

function refuseFraming(name: string): void {
  const lower = name.toLowerCase();
  if (FRAMING.has(lower)) {
    throw new TypeError(`'${lower}' frames the message and is set by the gateway alone`);
  }
}
