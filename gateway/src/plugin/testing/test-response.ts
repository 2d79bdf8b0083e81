import type { ResponseView } from '../plugin.ts';
import { HeaderList } from './header-list.ts';

/** The response of an exchange under test. */
export class TestResponse implements ResponseView {
  status = 0;
  #fields = new HeaderList();
  #body: Uint8Array = new Uint8Array();
  readonly #changes: {
    readonly limit: number;
    readonly change: (body: Uint8Array) => Uint8Array;
  }[] = [];

  header(name: string): string | undefined {
    return this.#fields.first(name);
  }

  headerValues(name: string): readonly string[] {
    return this.#fields.all(name);
  }

  headers(): readonly (readonly [string, string])[] {
    return this.#fields.list();
  }

  setHeader(name: string, value: string): void {
    this.#fields.set(name, value);
  }

  setLines(names: readonly string[], lines: string): void {
    for (const name of names) this.#fields.remove(name);
    for (const line of lines.split('\r\n')) {
      const colon = line.indexOf(':');
      if (colon !== -1) this.#fields.add(line.slice(0, colon), line.slice(colon + 1).trim());
    }
  }

  addHeader(name: string, value: string): void {
    this.#fields.add(name, value);
  }

  removeHeader(name: string): void {
    this.#fields.remove(name);
  }

  /** Body as text. */
  get body(): string {
    return Buffer.from(this.#body).toString('utf8');
  }

  /** Body as JSON. */
  get json(): unknown {
    return JSON.parse(this.body) as unknown;
  }

  replace(
    status: number,
    headers: Iterable<readonly [string, string]>,
    body: string | Uint8Array,
  ): void {
    this.status = status;
    this.#fields = new HeaderList(headers);
    this.#body = Buffer.from(body);
  }

  changeBody(limit: number, change: (body: Uint8Array) => Uint8Array): void {
    this.#changes.push({ limit, change });
  }

  /** Makes the changes that were asked for. @returns false when the body is longer than one allows */
  applyChanges(): boolean {
    const changes = this.#changes.splice(0);
    if (changes.some(({ limit }) => this.#body.length > limit)) return false;
    for (const { change } of changes) this.#body = change(this.#body);
    return true;
  }

  /** Sends the body through a filter, as one piece. */
  filterBody(filter: (piece: Uint8Array) => Uint8Array | null): void {
    this.#body = filter(this.#body) ?? new Uint8Array();
  }
}
