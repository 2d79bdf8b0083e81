import { headerText } from './header-text.ts';
import type { Principal } from './access.ts';

/** What the Admin API answers at one path. From these follow routing, `/endpoints`, OPTIONS and OpenAPI. */
export interface Endpoint {
  /** As Kong lists it: `/services/{services}/routes`. */
  readonly path: string;
  /** What there is besides HEAD, which follows from GET, and OPTIONS. */
  readonly methods: Readonly<Partial<Record<Method, Operation>>>;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Operation {
  /** One line for the OpenAPI description. */
  readonly summary: string;
  readonly handle: (request: AdminRequest) => Promise<AdminAnswer> | AdminAnswer;
  /** Kinds of bodies that are taken here besides JSON and forms. */
  readonly accepts?: readonly 'yaml'[];
  /** What goes in and comes out, for the OpenAPI description; JSON Schemas. */
  readonly describes?: OperationDescription;
}

export interface OperationDescription {
  /** It can be made to depend on `If-Match`, as all that changes one entity can. */
  readonly conditional?: true;
  readonly query?: Readonly<Record<string, object>>;
  readonly body?: object;
  readonly answer?: {
    readonly status: number;
    readonly schema?: object;
    /** Media type, unless it is JSON. */
    readonly type?: string;
  };
}

export interface AdminRequest {
  readonly method: Method;
  /** Decoded values of the `{…}` in the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly principal: Principal;
  /**
   * The body as one value, whatever its type; `{}` when it is empty.
   *
   * @throws AdminError 400, 413 or 415
   */
  readonly body: () => Promise<RequestBody>;
}

export interface RequestBody {
  readonly type: 'json' | 'form' | 'multipart' | 'yaml' | 'none';
  /**
   * What was sent. Values of forms are texts, lists and records of them: their real types follow
   * from the schema.
   */
  readonly value: unknown;
  readonly text: string;
}

export interface AdminAnswer {
  readonly status: number;
  /** Sent as JSON; absent: no body. */
  readonly body?: unknown;
  /**
   * A body in pieces, made as the client takes them, in place of `body`. It is JSON unless
   * `headers` say otherwise.
   */
  readonly stream?: Iterable<string> | AsyncIterable<string>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Longest hint in a header, characters. */
const LONGEST_HINT = 1000;

/**
 * Ends a request with an answer. `body` is what the client is told; a `hint` in it goes into a header,
 * since clients of Kong's know what stands in a body.
 */
export class AdminError extends Error {
  override readonly name = 'AdminError';
  readonly status: number;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    { hint, ...body }: { readonly message: string; readonly hint?: string },
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(body.message);
    this.status = status;
    this.body = body;
    this.headers =
      hint === undefined
        ? headers
        : { ...headers, 'X-Sluice-Hint': headerText(hint.slice(0, LONGEST_HINT)) };
  }
}
