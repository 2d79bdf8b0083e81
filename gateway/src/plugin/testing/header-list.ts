/** Header fields of a message under test, in order. Names compare without regard to case. */
export class HeaderList {
  #fields: [name: string, value: string][];

  constructor(fields: Iterable<readonly [string, string]> = []) {
    this.#fields = [...fields].map(([name, value]) => [name, value]);
  }

  first(name: string): string | undefined {
    return this.all(name)[0];
  }

  all(name: string): string[] {
    return this.#fields.filter(([each]) => same(each, name)).map(([, value]) => value);
  }

  list(): [string, string][] {
    return this.#fields.map(([name, value]) => [name, value]);
  }

  set(name: string, value: string): void {
    this.remove(name);
    this.add(name, value);
  }

  /** @throws TypeError when the field frames the message, or its name or value cannot be sent */
  add(name: string, value: string): void {
    refuse(name, value);
    this.#fields.push([name, value]);
  }

  remove(name: string): void {
    this.#fields = this.#fields.filter(([each]) => !same(each, name));
  }

  /** Also where `_` stands for `-`, or the other way round. */
  removeSpellings(name: string): void {
    const folded = name.replaceAll('_', '-');
    this.#fields = this.#fields.filter(([each]) => !same(each.replaceAll('_', '-'), folded));
  }
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

const FRAMING = /^(connection|content-length|keep-alive|te|trailer|transfer-encoding|upgrade)$/i;

function refuse(name: string, value: string): void {
  if (FRAMING.test(name)) throw new TypeError(`'${name}' frames the message: not for plugins`);
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new TypeError(`'${name}' is no field name`);
  if (/[\r\n\0]/.test(value)) throw new TypeError(`the value of '${name}' would end its line`);
}
