import { cookiesOf, type RequestCookie } from '../cookies.ts';
import type { RequestView } from '../plugin.ts';
import type { RecentMap } from '../recent-map.ts';
import { Seal } from '../sealed.ts';
import { SecretDigests } from '../secret-digest.ts';
import { setCookie, type CookieAttributes } from '../set-cookie.ts';

/** Browsers keep no longer values, with a name of usual length. */
const LONGEST = 4000;
/** Cookies of one name in a request, for several paths and domains; of more the rest is not looked at. */
const MOST_ALIKE = 8;

export interface SealedCookieOptions<T> {
  readonly name: string;
  /** Whoever knows it can make cookies that count. */
  readonly secret: string;
  /** Those that were made for another purpose do not count. */
  readonly purpose: string;
  readonly attributes: CookieAttributes;
  /** Cookies over which a value that is too long for one may be spread, 1 to 9. */
  readonly most: number;
  /** What a text that was sealed here says. */
  readonly read: (text: string) => T;
  /** Keeps what was opened, since it comes with each request; may be that of several such cookies. */
  readonly opened: RecentMap<T>;
}

/**
 * A cookie that only the gateway can read and make. One that is too long for browsers goes on in others
 * of the same name with a number; the first one says how many there are.
 */
export class SealedCookie<T> {
  /** Of the cookies, all that there may be. */
  readonly names: readonly string[];
  readonly #options: SealedCookieOptions<T>;
  readonly #seal: Seal;
  readonly #digests: SecretDigests;

  constructor(options: SealedCookieOptions<T>) {
    const { name, secret, purpose, most } = options;
    this.names = Array.from({ length: most }, (_, i) => (i === 0 ? name : `${name}_${i + 1}`));
    this.#options = options;
    this.#seal = new Seal(secret, purpose);
    this.#digests = new SecretDigests(`${purpose} ${secret}`);
  }

  /** What a request brings along. Several where a browser has several cookies of the name. */
  *in(request: RequestView): Generator<T> {
    for (const sealed of this.sealedIn(request)) {
      const value = this.open(sealed);
      if (value !== null) yield value;
    }
  }

  /** The same, sealed, whoever has made it. */
  *sealedIn(request: Pick<RequestView, 'headerValues'>): Generator<string> {
    const [first] = this.names;
    const cookies = cookiesOf(request);
    const alike = cookies.filter(({ name }) => name === first).slice(0, MOST_ALIKE);
    for (const { value } of alike) {
      const sealed = this.#joined(value, cookies);
      if (sealed !== null) yield sealed;
    }
  }

  /** What something sealed says; null where it was not sealed here. */
  open(sealed: string): T | null {
    const { opened, read } = this.#options;
    const digest = this.#digests.of(sealed);
    const known = opened.get(digest);
    if (known !== undefined) return known;
    const text = this.#seal.open(sealed);
    if (text === null) return null;
    const value = read(text);
    opened.set(digest, value);
    return value;
  }

  /** The text that was sealed, whole; null where it was not sealed here. */
  textOf(sealed: string): string | null {
    return this.#seal.open(sealed);
  }

  /**
   * The `Set-Cookie` fields for a text.
   *
   * @param maxAge see `setCookie`
   * @returns null where it is too long for browsers
   */
  set(text: string, maxAge: number | null): string[] | null {
    const { attributes } = this.#options;
    const values = this.#spread(this.#seal.seal(text));
    if (values === null) return null;
    return values.map((value, i) => setCookie(this.names[i]!, value, attributes, maxAge));
  }

  /** The `Set-Cookie` fields that have browsers forget it, with all its parts. */
  unset(): string[] {
    return this.names.map((name) => setCookie(name, '', this.#options.attributes, 0));
  }

  #joined(value: string, cookies: readonly RequestCookie[]): string | null {
    if (value[1] !== '.') return value;
    const count = Number(value[0]);
    if (!(count > 1 && count <= this.names.length)) return null;
    const parts = this.names.slice(1, count).map((part) => {
      return cookies.find(({ name }) => name === part)?.value;
    });
    return parts.includes(undefined) ? null : value.slice(2) + parts.join('');
  }

  #spread(sealed: string): string[] | null {
    if (sealed.length <= LONGEST) return [sealed];
    const perPart = LONGEST - 2;
    const count = Math.ceil(sealed.length / perPart);
    if (count > this.names.length) return null;
    return Array.from({ length: count }, (_, i) => {
      const part = sealed.slice(i * perPart, (i + 1) * perPart);
      return i === 0 ? `${count}.${part}` : part;
    });
  }
}
