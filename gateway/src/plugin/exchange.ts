import type { X509Certificate } from 'node:crypto';
import type { Counted } from '../shm/counter-scope.ts';
import type { FieldLines } from './field-lines.ts';
import type { FieldNames } from './field-names.ts';

/** One request and its response, as a plugin sees them. */

export interface RouteInfo {
  readonly id: string;
  readonly name: string | null;
}

export interface ServiceInfo {
  readonly id: string;
  readonly name: string | null;
  readonly host: string;
}

/** A consumer as proxy threads know it. */
export interface ConsumerInfo extends Counted {
  readonly username: string | null;
  readonly custom_id: string | null;
  /** ACL groups, in the order in which they were declared. */
  readonly groups: readonly string[];
  /** `X-Consumer-*` lines for the upstream, ready to send, each ending in CRLF. */
  readonly headerLines: string;
}

/** What a consumer authenticated with; further fields are those of its entity. */
export interface CredentialInfo {
  readonly id: string;
  readonly consumerId: string;
}

/** Who is asking, and what the service is told of it. */
export interface Identity {
  readonly consumer: ConsumerInfo | null;
  readonly credential: CredentialInfo | null;
  /** Lines for the service, each ending in CRLF. */
  readonly lines: string;
  /** When the credential expires, ms since the epoch; Infinity where it never does. */
  readonly until: number;
}

/**
 * The header fields of a message as they stand now, for what comes behind this plugin to see. Those of a
 * request that tell who is asking say what was found out so far, whatever the client has sent in them.
 */
export interface FieldsView {
  /** First value of a field; `name` is lower-case. */
  header(name: string): string | undefined;
  /** All values of a field, one entry a line. `name` is lower-case. */
  headerValues(name: string): readonly string[];
  /** Whether there is such a field; `name` is lower-case. */
  hasHeader(name: string): boolean;
  /** All fields: `[name, value]` in order of arrival. */
  headers(): readonly (readonly [string, string])[];
  /** Sets a field, replacing every line of it. `name` goes out as it is written. */
  setHeader(name: string, value: string): void;
  /** Adds a line, also to those of the same name. */
  addHeader(name: string, value: string): void;
  /** Adds lines that were put together before: less work for what every message gets. */
  addLines(lines: FieldLines): void;
  /** Removes every line of some fields, and adds lines. */
  setLines(replaced: FieldNames, lines: FieldLines): void;
  /** Gives every line of a field another name, in place of what was there under that name. */
  renameHeader(from: string, to: string): void;
  /** Removes every line of a field. */
  removeHeader(name: string): void;
  /** Makes edits that were put together before: what they come to is kept while the same comes again. */
  edit(edits: FieldEdits, values: readonly string[]): void;
}

/** Changes of fields that depend on nothing but these fields, and on values that come along. */
export interface FieldEdits {
  /** All the fields that they look at or change. */
  readonly names: FieldNames;
  apply(fields: FieldsView, values: readonly string[]): void;
}

export interface RequestView extends FieldsView {
  /** The method that the service is asked with: the client's, unless a plugin has set another. */
  readonly method: string;
  /** Sets the method that the service is asked with. The response is for the client's own all the same. */
  setMethod(method: string): void;
  /** `http` or `https`, after trusted forwarding fields were considered. */
  readonly scheme: 'http' | 'https';
  /** Host as the client named it, lower-cased, without port. */
  readonly host: string;
  /** Normalised path without query. */
  readonly path: string;
  /**
   * What the groups of the regular expression matched that led to the route, by number and by name;
   * empty where no expression did. As the path has it: not decoded.
   */
  readonly uriCaptures: Readonly<Record<string, string>>;
  /** Request target as received, with query. */
  readonly target: string;
  /** Path and query as the service gets them, as they stand now; null while there is no service. */
  readonly upstreamTarget: string | null;
  /** Query string as received, without `?`; empty when there is none. */
  readonly query: string;
  /** `1.0`, `1.1` or `2`. */
  readonly httpVersion: string;
  /**
   * Removes what the client says in fields that are for the gateway alone to say, also where `_` stands
   * for `-` in a name: many servers read `X_User` and `X-User` alike.
   */
  withholdHeaders(names: FieldNames): void;
  /** First value of a query argument, decoded; `true` when it has no `=`. */
  queryArgument(name: string): string | true | undefined;
  /** Every value of a query argument, decoded. */
  queryValues(name: string): readonly (string | true)[];
  /** Replaces the query string sent upstream (without `?`). */
  setQuery(query: string): void;
  /**
   * Sets the path that the service is asked for, in place of that of route and service. What may not
   * stand in a path is escaped; escapes that are there stay.
   *
   * @param path begins with `/`
   */
  setPath(path: string): void;
  /** Whether the request announced a body (with Content-Length above 0 or chunked). */
  readonly hasBody: boolean;
  /**
   * The whole body, read into memory. Ends the exchange with 413 when it is longer than `limit`
   * bytes; resolves with what was read. Reading twice gives the same bytes.
   */
  body(limit: number): Promise<Uint8Array>;
  /**
   * Ends the exchange with this answer when the body is longer than `limit` bytes: at once where its
   * length is known, else as soon as more has come. Then the service gets a body that is cut off, and
   * a client that already has the beginning of a response gets no more of it. Costs no memory.
   */
  limitBody(limit: number, status: number, message: string): void;
  /** Replaces the body sent upstream, or gives the request one. Only after `body()` where there is one. */
  setBody(body: Uint8Array): void;
}

export interface ResponseView extends FieldsView {
  /** 0 until there is a response. A response-header handler may change it. */
  status: number;
  /**
   * Has the body changed as a whole: the response is held until it is complete, then framed anew. Only
   * in a response-header handler. Nothing is held where a response has no body.
   *
   * @param limit bytes that may be held. A response of the service with more does not reach the client,
   *   who gets a 502 in its place.
   * @param change called once with the body, in the order of the plugins and before any `responseBody`;
   *   returns what to send in its place. May still change the response's head. Where it throws, the body
   *   goes on as it was.
   */
  changeBody(limit: number, change: (body: Uint8Array) => Uint8Array): void;
}

/** What the gateway or a plugin answers by itself. */
export interface OwnAnswer {
  /** Status of HTTP as it was given, also where a client of gRPC is told one of its own. */
  readonly status: number;
  /**
   * What it says, for people: the `message` of a body of JSON, else its `error_description`, else the
   * texts in it with their names; or all of a body of another kind. The phrase of the status where that
   * comes to nothing.
   */
  readonly message: string;
  /** What its body of JSON holds by name; null where it has none. */
  readonly members: Readonly<Record<string, unknown>> | null;
  /** Why it was given, as the access line tells it: `no_route`, `plugin:key-auth`. */
  readonly reason: string;
  /** The client is told in fields of gRPC: there is no body. */
  readonly inGrpc: boolean;
  /**
   * The media type that the client names in `Accept` before others that errors come in, such as
   * `text/html`; null where it names none. The answer has another one where a plugin knows no other.
   */
  readonly wantedType: string | null;
  /**
   * Says something else. The type is for the caller to set. Only in a response-header handler, and not
   * in gRPC.
   */
  setBody(body: string): void;
}

/** What a client's TLS handshake agreed on. */
export interface TlsInfo {
  /** `TLSv1.3` */
  readonly version: string;
  readonly cipher: string;
  /** The server name that the client asked for, lower-case; empty for none. */
  readonly sni: string;
  /** Whether the client was asked for a certificate. */
  readonly clientWasAsked: boolean;
  /**
   * The certificate that the client showed when it was asked for one; null for none. Its
   * `issuerCertificate` is the next one of the chain that came with it.
   */
  readonly clientCertificate: X509Certificate | null;
  /**
   * Whether a chain leads from it to an authority that the client was asked for, with everything in
   * it as it should be; null when there is none. Where the node asks, a client whose certificate is
   * not verified does not come in; where it is asked for plugins alone it does, and an authority of
   * any of these plugins counts: which one it is, a plugin has to see for itself.
   */
  readonly clientVerified: boolean | null;
  /**
   * Why it is not verified, as OpenSSL names it, such as `CERT_HAS_EXPIRED`; empty when it is, or when
   * there is none.
   */
  readonly clientProblem: string;
}

/** The client's connection that a request came on. */
export interface ConnectionInfo {
  /** Address and port of the gateway that the client connected to. */
  readonly localAddress: string;
  readonly localPort: number;
  /** Null without TLS. */
  readonly tls: TlsInfo | null;
  /** Counts the connections of a thread, from 1. */
  readonly serial: number;
  /** Requests on this connection so far, this one included. */
  readonly requests: number;
}

export interface Exchange {
  /** Request id, 32 hexadecimal digits. */
  readonly id: string;
  /** When the first byte of the request arrived, ms since the epoch. */
  readonly startedAt: number;
  /** The client's address, after trusted forwarding fields were considered. */
  readonly clientIp: string;
  readonly clientPort: number;
  readonly connection: ConnectionInfo;
  readonly request: RequestView;
  readonly response: ResponseView;
  /** `null` while no route is known (rewrite phase, 404). */
  readonly route: RouteInfo | null;
  readonly service: ServiceInfo | null;
  readonly consumer: ConsumerInfo | null;
  readonly credential: CredentialInfo | null;
  /** The gateway or a plugin has answered; the upstream will not be asked. */
  readonly answered: boolean;
  /** The answer, where the gateway or a plugin gives it; null for responses of the upstream. */
  readonly ownAnswer: OwnAnswer | null;
  /** Whether the response comes from the upstream. False for the gateway's own answers. */
  readonly fromUpstream: boolean;

  /**
   * Names who is asking. `identifier` becomes `X-Credential-Identifier` upstream. Fields of the same
   * names that the client sent never reach the upstream, whether this is called or not.
   */
  authenticate(
    consumer: ConsumerInfo | null,
    credential: CredentialInfo | null,
    identifier?: string,
  ): void;
  /**
   * What `authenticate` said, and what was added for the service since, for `authenticateAgain`: as long
   * as nobody has looked at the fields that tell so.
   */
  readonly identity: Identity;
  /** As `authenticate`, with what the same plugin has found out before. */
  authenticateAgain(identity: Identity): void;
  /** Goes on as the anonymous consumer: sends `X-Anonymous-Consumer: true` upstream. */
  authenticateAnonymous(consumer: ConsumerInfo): void;

  /** Answers the request with this body. Objects are sent as JSON. Later plugins' access handlers do not run. */
  respond(
    status: number,
    body?: string | Uint8Array | object | null,
    headers?: Readonly<Record<string, string>>,
  ): void;
  /** Answers with the gateway's error body for `message`, in the form that the client accepts. */
  error(status: number, message: string, headers?: Readonly<Record<string, string>>): void;

  /** Adds lines to the upstream request: each `Name: value\r\n`, already checked and escaped. */
  addUpstreamLines(lines: string): void;

  /** Leaves a value for plugins that run later in this exchange, such as `$(shared.name)` of templates. */
  share(name: string, value: string): void;
  shared(name: string): string | undefined;

  /** Something one plugin keeps for its own later phases of this exchange. */
  setState(key: symbol, value: unknown): void;
  state(key: symbol): unknown;
}
