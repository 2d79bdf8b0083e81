import { HEAD_COMPLETE, HEAD_INCOMPLETE } from '../../gateway/src/proxy/http1/response-head.ts';
import { ResponseHead } from '../../gateway/src/proxy/http1/response-head.ts';
import { beginResponseBody } from '../../gateway/src/proxy/http1/response-body.ts';
import { OurReader, readWith } from './our-reader.ts';
import type { Reading } from './reading.ts';

/** Reads the responses to one request, interim ones included, as an upstream connection does. */
class OurResponses extends OurReader {
  readonly #method: string;
  readonly #head = new ResponseHead();

  constructor(method: string) {
    super();
    this.#method = method;
  }

  /** The upstream ends the connection. */
  override finish(): Reading {
    if (this.reading.end === 'open') {
      if (this.current !== null && this.body.untilClose) this.end();
      else this.refuse('cut');
    }
    return super.finish();
  }

  protected readHead(all: Buffer, position: number): number {
    const head = this.#head;
    const outcome = head.parse(all, position, all.length);
    if (outcome === HEAD_INCOMPLETE) return position;
    if (outcome !== HEAD_COMPLETE || head.status === 101) {
      this.refuse('head');
      return all.length;
    }
    const isFinal = head.status >= 200;
    if (isFinal) beginResponseBody(this.body, head, this.#method);
    const about = { first: String(head.status), second: head.reason, minor: head.minor };
    this.begin(head, about, isFinal);
    return position + head.end;
  }

  protected isFollowed(): boolean {
    return false;
  }
}

/**
 * @param method of the request that is answered
 * @param pieces what each read brings; then the connection ends
 */
export function readResponsesAsGateway(method: string, pieces: readonly Buffer[]): Reading {
  return readWith(new OurResponses(method), pieces);
}
