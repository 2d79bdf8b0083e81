import type { EntityCheck, Field, InferRecord, RecordField } from '../entities/schema/field.ts';
import type { CounterTable } from '../shm/counter-table.ts';
import type { ConsumerInfo, CredentialInfo, Exchange } from './exchange.ts';
import type { PeerOutcome } from './peer/failure.ts';
import type { StreamConnection } from './stream-connection.ts';

export type { AbsentFields } from '../entities/schema/absent-fields.ts';
export { f } from '../entities/schema/field.ts';
export type { CounterKey, CounterScope } from '../shm/counter-scope.ts';
export type { CheckFailure, EntityCheck, Infer, InferRecord } from '../entities/schema/field.ts';
export type * from './exchange.ts';
export type { StreamConnection } from './stream-connection.ts';

export type Protocol =
  'grpc' | 'grpcs' | 'http' | 'https' | 'tcp' | 'tls' | 'tls_passthrough' | 'udp';

/** The consumers and credentials that this thread serves now. Look up per request, never keep. */
export interface Directory {
  /** As long as this stays the same, so does all that can be looked up, but for what expires. */
  readonly state: number;
  consumer(id: string): ConsumerInfo | undefined;
  /** By id, else by username, as `anonymous` settings name consumers. */
  consumerByIdOrName(idOrName: string): ConsumerInfo | undefined;
  consumerByCustomId(customId: string): ConsumerInfo | undefined;
  /** A credential by its endpoint key, e.g. `credential('keyauth_credentials', key)`. */
  credential(table: string, key: string): CredentialInfo | undefined;
  /** A credential by its id, of whatever kind it is. */
  credentialById(id: string): CredentialInfo | undefined;
  /** Whose credential that is, without a search where it was asked before. */
  consumerOf(credential: CredentialInfo): ConsumerInfo | undefined;
}

export interface PluginLog {
  debug(message: string, details?: object): void;
  info(message: string, details?: object): void;
  warn(message: string, details?: object): void;
  error(message: string, details?: object): void;
}

/** Counts, for the metrics of the node, what plugins have to do with others than clients and services. */
export interface PluginMetrics {
  /** A server that the plugin depends on was asked. `peer` is its host and port. */
  peerAsked(peer: string, outcome: PeerOutcome): void;
  /** A request was decided without what that server would have said. */
  decidedWithout(peer: string, decision: 'closed' | 'open'): void;
}

/** The configured instance that handlers are made for. */
export interface PluginInstanceInfo {
  readonly id: string;
  readonly name: string;
  readonly route: string | null;
  readonly service: string | null;
  readonly consumer: string | null;
}

/** What the gateway lends to a plugin. */
export interface PluginEnv {
  readonly instance: PluginInstanceInfo;
  readonly directory: Directory;
  /**
   * A certificate authority of the configuration (`ca_certificates`) by its id, in PEM. Look up per
   * request: the same text as long as it has not changed.
   */
  authority(id: string): string | undefined;
  /** Counters in memory shared by all threads of this node. */
  readonly counters: CounterTable;
  readonly log: PluginLog;
  readonly metrics: PluginMetrics;
  /** Coarse wall clock, ms since the epoch; updated every few ms. */
  now(): number;
}

/** Who is to vouch for clients. */
export interface ClientAuthorities {
  /** Ids of `ca_certificates`. */
  readonly ids: readonly string[];
  /** Whether one that is no root may be the last of a chain. */
  readonly partial: boolean;
}

/**
 * The phases that a plugin takes part in. Handlers that return nothing run without a turn of the
 * event loop; one that returns a promise holds only its own exchange. One that throws (or rejects)
 * in `rewrite` or `access` makes the answer a 500; in the later phases it is logged and counted, and
 * the exchange goes on.
 */
export interface PluginHandlers {
  /** Before routing. Runs for global instances only, since no route is known. */
  rewrite?: (ex: Exchange) => void | Promise<void>;
  /** After routing, before the upstream is asked. Skipped once somebody has answered. */
  access?: (ex: Exchange) => void | Promise<void>;
  /** The response head stands, nothing of it was sent. Runs for the gateway's own answers too. */
  responseHeaders?: (ex: Exchange) => void;
  /**
   * Each piece of the response body; returns what to send in its place (empty or null: nothing). The
   * piece is only valid during the call. A plugin with this handler makes the gateway frame the
   * response anew.
   */
  responseBody?: (ex: Exchange, chunk: Uint8Array, last: boolean) => Uint8Array | null;
  /** After the last byte. Must not change anything. */
  log?: (ex: Exchange) => void;
  /**
   * Has clients asked for a certificate in their handshake, where they come for a server name of the
   * routes that this instance is for. They may come without one, or with one that nobody vouches for:
   * see `TlsInfo`.
   */
  clientAuthorities?: ClientAuthorities;
  /** Whether this node's request metrics are to carry the consumer. */
  countsByConsumer?: boolean;
  /**
   * A connection of TCP or TLS has come to a route for streams; its service is asked next. May refuse
   * it. One that throws has it refused. Only in plugins that say `handlesStreams`.
   */
  connect?: (stream: StreamConnection) => void;
  /** The configuration that held these handlers is gone. Release timers and sockets. */
  dispose?: () => void;
}

export interface PluginDefinition<R extends RecordField = RecordField> {
  readonly name: string;
  /** One sentence for the plugin reference: what the plugin is for. */
  readonly summary: string;
  /** Shown by the Admin API. */
  readonly version: string;
  /** Higher runs earlier. Equal priorities: names in descending order. */
  readonly priority: number;
  readonly config: R;
  /**
   * Rules over several fields that Kong states of the plugin as an entity: paths begin with
   * `config.` and failures are reported under `@entity`. A rule whose failure belongs to the
   * configuration as a whole is the `check` of `config`.
   */
  readonly checks?: readonly EntityCheck[];
  /** What its instances are for unless they say otherwise. */
  readonly protocols: readonly Protocol[];
  /** Instances may be for every protocol, not only for those of `protocols`. */
  readonly anyProtocol?: boolean;
  /**
   * Its handlers have `connect`, and do for streams what they do for requests. Routes for streams on
   * which any other plugin would run are refused, since it may be what protects them.
   */
  readonly handlesStreams?: boolean;
  /** It has no part in streams, and nothing is missing where it is configured for them. */
  readonly leavesStreamsAlone?: boolean;
  /**
   * Public keys (JSON Web Keys) with which services verify what an instance adds to requests. The
   * status listener publishes those of all instances.
   */
  readonly publicKeys?: (config: InferRecord<R>) => readonly PublishedKey[];
  /** Scopes that the plugin cannot be bound to. */
  readonly forbids?: readonly ('consumer' | 'service' | 'route')[];
  /**
   * Makes the handlers for one configured instance. Runs once when a configuration is compiled:
   * whatever depends only on the configuration is computed here. `config` is validated and complete:
   * a field without value is null.
   */
  readonly setup: (config: InferRecord<R>, env: PluginEnv) => PluginHandlers;
}

/** A public key as a JSON Web Key. */
export interface PublishedKey {
  readonly kid: string;
  readonly [member: string]: unknown;
}

/** Declares a plugin; only gives `setup` the type of its own configuration. */
export function definePlugin<R extends RecordField>(
  definition: PluginDefinition<R>,
): PluginDefinition<R> {
  return definition;
}

/** A definition whose configuration type is not known here. */
export type AnyPlugin = Omit<PluginDefinition, 'setup' | 'publicKeys'> & {
  readonly setup: (config: never, env: PluginEnv) => PluginHandlers;
  readonly publicKeys?: (config: never) => readonly PublishedKey[];
};

export type { Field };
