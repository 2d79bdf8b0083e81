import { isHostField } from '../../gateway/src/proxy/http1/host-field.ts';
import { INCOMPLETE, RequestHead } from '../../gateway/src/proxy/http1/request-head.ts';
import { normalisePath } from '../../gateway/src/proxy/router/path.ts';
import { splitTarget } from '../../gateway/src/proxy/router/target.ts';
import type { Limits } from '../../gateway/src/settings/node-settings.ts';
import { OurReader, readWith } from './our-reader.ts';
import type { Reading } from './reading.ts';

export const LIMITS: Limits = {
  requestLine: 8192,
  head: 32_768,
  field: 32_768,
  fields: 100,
  headStatus: 431,
  body: 0,
};

const parts = { path: '', query: '', authority: null as string | null };

/** Reads requests as a client connection of the gateway does. */
class OurRequests extends OurReader {
  readonly #head = new RequestHead();

  protected readHead(all: Buffer, from: number): number {
    let position = from;
    while (all[position] === 13 && position + 1 < all.length) {
      if (all[position + 1] !== 10) break;
      position += 2;
    }
    if (position === all.length || (all[position] === 13 && position + 1 === all.length)) {
      return position;
    }
    const head = this.#head;
    const status = head.parse(all, position, all.length, LIMITS);
    if (status === INCOMPLETE) return from;
    const refusal = status === 0 ? refusalOf(head) : String(status);
    if (refusal !== null) {
      this.refuse(refusal);
      return all.length;
    }
    if (head.chunked) this.body.beginChunked();
    else this.body.beginLength(Math.max(0, head.contentLength));
    this.begin(head, { first: head.method, second: head.target, minor: head.minor }, true);
    return position + head.end;
  }

  protected isFollowed(): boolean {
    return this.#head.keepAlive;
  }
}

/** What the gateway refuses before it looks for a route. */
function refusalOf(head: RequestHead): string | null {
  if (head.method === 'TRACE' || head.method === 'CONNECT') return 'method';
  if (!splitTarget(head.target, parts)) return 'target';
  if (normalisePath(parts.path) === null) return 'path';
  if (parts.authority !== null && !isHostField(parts.authority)) return 'authority';
  return null;
}

/** @param pieces what each read brings */
export function readAsGateway(pieces: readonly Buffer[]): Reading {
  return readWith(new OurRequests(), pieces);
}
