import { CONNECTION_FIELDS } from '../../http2/connection-fields.ts';
import type { HeaderField } from '../../http2/header-field.ts';
import type { FieldSink } from '../../http2/hpack-decoder.ts';
import { FIELDS_END, MessageHead } from '../../http1/message-head.ts';
import { HEAD_COMPLETE, type ResponseHead } from '../../http1/response-head.ts';
import { reasonOf } from '../../status-page.ts';

/** Longest head that is read, characters of its lines; what parses it allows no more either. */
const LONGEST = 128 * 1024;
const MOST_TRAILERS = 100;

const UPPER_CASE = /[A-Z]/;

/**
 * Writes the decompressed fields of a head as text of HTTP/1.1, so that the one strict parser decides
 * what a response is, whatever it came by.
 */
export class HeadText implements FieldSink {
  #lines = '';
  #fields = 0;
  #status = '';
  #broken = false;
  /** The text in bytes, since the parser reads those. */
  #bytes = Buffer.alloc(0);

  begin(): void {
    this.#lines = '';
    this.#fields = 0;
    this.#status = '';
    this.#broken = false;
  }

  onField(field: HeaderField): void {
    // A field of the table could come again for each byte: it is not looked at any more.
    if (this.#broken) return;
    const { name, value } = field;
    if (name.charCodeAt(0) === 58) {
      if (name !== ':status' || this.#status !== '' || this.#fields > 0) this.#broken = true;
      else this.#status = value;
      return;
    }
    if (CONNECTION_FIELDS.has(name) || UPPER_CASE.test(name)) this.#broken = true;
    if (this.#lines.length >= LONGEST) this.#broken = true;
    this.#fields++;
    this.#lines += `${name}: ${value}\r\n`;
  }

  /** Parses the fields as the head of a response. @returns false when they are none */
  readResponse(head: ResponseHead): boolean {
    if (this.#broken || !/^[1-9]\d\d$/.test(this.#status) || this.#status === '101') return false;
    const length = this.#write(`HTTP/1.1 ${this.#status} ${reasonOf(Number(this.#status))}\r\n`);
    if (length === -1 || head.parse(this.#bytes, 0, length) !== HEAD_COMPLETE) return false;
    // A value with a line break in it would have become fields of its own.
    return head.end === length && head.count === this.#fields;
  }

  /** Parses the fields as those behind a body. @returns null when they are not */
  readTrailers(): MessageHead | null {
    if (this.#broken || this.#status !== '') return null;
    const length = this.#write('');
    if (length === -1) return null;
    const trailers = new MessageHead();
    const text = this.#bytes.toString('latin1', 0, length);
    const outcome = trailers.parseFields(text, this.#bytes, 0, 0, length, MOST_TRAILERS, LONGEST);
    const whole = trailers.end === length && trailers.count === this.#fields;
    return outcome === FIELDS_END && whole ? trailers : null;
  }

  /** @returns how many bytes it takes, or -1 when that is too much */
  #write(begin: string): number {
    const text = `${begin}${this.#lines}\r\n`;
    if (text.length > LONGEST) return -1;
    if (this.#bytes.length < text.length) this.#bytes = Buffer.allocUnsafeSlow(text.length * 2);
    return this.#bytes.write(text, 0, 'latin1');
  }
}
