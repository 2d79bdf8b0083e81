import { readdirSync, readFileSync } from 'node:fs';

/** Bytes as latin1 text, or a text so many times. */
export type Piece = string | { readonly repeat: string; readonly times: number };

/** What a client sends, or what it waits for before it sends the next piece. */
export type Step = Piece | { readonly await: 'upstream' | 'response' };

/** What the client must see of one response. */
export interface ExpectedResponse {
  readonly status: number;
  /** Method of the request that it answers; GET when absent. */
  readonly method?: string;
  /** Fields by lower-case name; null is «must not be there». */
  readonly fields?: Readonly<Record<string, string | null>>;
  readonly body?: string;
  /** False: the body must be cut short. */
  readonly complete?: boolean;
  readonly trailers?: readonly (readonly [string, string])[];
  /** Status codes of the interim responses before it. */
  readonly interim?: readonly number[];
}

/** What the upstream must have received as one request. */
export interface ExpectedRequest {
  /**
   * Request line, then field lines. Lines that every request gets from the gateway (Via, X-Forwarded-*,
   * X-Real-IP, the request id, `Connection: keep-alive`) are left out; the order of different names
   * does not matter. A chunked body without trailers may also arrive with its length.
   */
  readonly head: readonly string[];
  /** The body without its framing. */
  readonly body?: Piece | readonly Piece[];
  readonly trailers?: readonly (readonly [string, string])[];
  /** False: the upstream must see that the body did not come to its end. */
  readonly complete?: boolean;
}

/** What the upstream does with a request once it has read it. */
export interface Answer {
  /** Sent as it stands; each piece in a packet of its own. */
  readonly bytes: Piece | readonly Piece[];
  /** Afterwards: leave the connection open (absent), end it, or break it. */
  readonly then?: 'end' | 'reset';
  /** Answer when the head has come, before the body. */
  readonly early?: boolean;
}

export interface Case {
  readonly name: string;
  /** Section that decides, such as `RFC 9112 §6.3`. */
  readonly rfc: string;
  /**
   * What the client sends; each piece in a packet of its own. `await` waits until the upstream has
   * the head of the request, or the client the first bytes of a response.
   */
  readonly send: Step | readonly Step[];
  /** Every byte in a packet of its own. */
  readonly bytewise?: boolean;
  /** One a request, in order; the last one also serves further requests. */
  readonly answers?: readonly Answer[];
  readonly responses: readonly ExpectedResponse[];
  /**
   * What becomes of the client's connection: `open` (a further request on it is answered), `closed`
   * by the gateway, or `any`.
   */
  readonly connection: 'open' | 'closed' | 'any';
  readonly received: readonly ExpectedRequest[];
}

export interface CaseFile {
  readonly group: string;
  /** Flags of `sluice start` for these cases. */
  readonly flags?: readonly string[];
  /** Fields of the service in front of the upstream. */
  readonly service?: Readonly<Record<string, unknown>>;
  /** What cases of this file need not repeat. */
  readonly defaults?: Partial<Case>;
  readonly cases: readonly Case[];
}

export function toList<T>(values: T | readonly T[]): readonly T[] {
  return Array.isArray(values) ? (values as readonly T[]) : [values as T];
}

export function toBytes(piece: Piece): Buffer {
  const text = typeof piece === 'string' ? piece : piece.repeat.repeat(piece.times);
  return Buffer.from(text, 'latin1');
}

export function loadCaseFiles(): CaseFile[] {
  const directory = new URL('./cases/', import.meta.url);
  const names = readdirSync(directory).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => {
    const file = JSON.parse(readFileSync(new URL(name, directory), 'utf8')) as CaseFile;
    return { ...file, cases: file.cases.map((one) => ({ ...file.defaults, ...one })) };
  });
}
