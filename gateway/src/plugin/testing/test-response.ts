import type { ResponseView } from '../plugin.ts';
import { HeaderList } from './header-list.ts';
import { TestFields } from './test-fields.ts';

/** The response of an exchange under test. */
export class TestResponse extends TestFields implements ResponseView {
  status = 0;
  #body: Uint8Array = new Uint8Array();
  readonly #changes: {
    readonly limit: number;
    readonly change: (body: Uint8Array) => Uint8Array;
  }[] = [];

  /** Body as text. */
  get body(): string {
    return Buffer.from(this.#body).toString('utf8');
  }

  /** Body as JSON. */
  get json(): unknown {
    return JSON.parse(this.body) as unknown;
  }

  constructor() {
    super([]);
  }

  replace(
    status: number,
    headers: Iterable<readonly [string, string]>,
    body: string | Uint8Array,
  ): void {
    this.status = status;
    this.fields = new HeaderList(headers);
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
