import { peerOptions } from '../../plugin/peer/fields.ts';
import type { Call } from '../../plugin/peer/http-call.ts';
import { KeptAnswers } from '../../plugin/peer/kept-answers.ts';
import { sharePeer, type Peer } from '../../plugin/peer/peer.ts';
import type { Exchange, PluginEnv } from '../../plugin/plugin.ts';
import { secretDigest } from '../../plugin/secret-digest.ts';
import { decisionOf, lasting, Permission, type Decision } from './decision.ts';
import type { ExternalAuthConfig } from './schema.ts';

/** What services have decided, for all instances of this thread. */
const decisions = new KeptAnswers<Decision>({ accepted: 20_000, refused: 5_000 });

/** Longest answer, bytes. */
const LONGEST = 256 * 1024;

/** Finds out what a service decides about requests. */
export class Authority {
  readonly #config: ExternalAuthConfig;
  readonly #env: PluginEnv;
  readonly #url: URL;
  readonly #fields: readonly string[];
  readonly #keyFields: readonly string[];
  readonly #keepsAny: boolean;
  readonly #peer: Peer;
  /** What was decided under another configuration does not count under this one. */
  readonly #scope: string;
  /** Call when it is not needed any more. */
  readonly dispose: () => void;

  constructor(config: ExternalAuthConfig, env: PluginEnv) {
    const lower = (names: readonly string[]): string[] => names.map((name) => name.toLowerCase());
    this.#config = config;
    this.#env = env;
    this.#url = new URL(config.url);
    this.#fields = lower(config.request_headers);
    this.#keyFields = lower(config.cache_headers ?? config.request_headers);
    this.#keepsAny = config.ttl > 0 || config.negative_ttl > 0;
    this.#scope = secretDigest(JSON.stringify(config));
    const about = {
      name: this.#url.host,
      called: 'the service that decides about requests',
      help:
        config.on_failure === 'open'
          ? 'Requests pass without being authenticated until it answers (on_failure).'
          : 'Requests are answered with 503 until it answers.',
    };
    const { thing, release } = sharePeer(about, peerOptions(config, LONGEST), env);
    this.#peer = thing;
    this.dispose = release;
  }

  /** Host and port of the service. */
  get peer(): string {
    return this.#url.host;
  }

  /** @throws PeerFailure */
  of(ex: Exchange): Decision | Promise<Decision> {
    if (!this.#keepsAny) return this.#ask(ex.id, ex);
    const digest = secretDigest(this.#scope + this.#keyOf(ex));
    return decisions.get(digest, this.#env.now())?.answer ?? this.#askAndKeep(digest, ex);
  }

  #ask(key: string, ex: Exchange): Promise<Decision> {
    return this.#peer.ask(key, ex.clientIp, this.#callFor(ex), (answer) =>
      decisionOf(answer, this.#config),
    );
  }

  async #askAndKeep(digest: string, ex: Exchange): Promise<Decision> {
    // One question for all that are the same: what is for one client alone is for none of them.
    const decision = lasting(await this.#ask(digest, ex));
    const isAllowed = decision instanceof Permission;
    const ttl = isAllowed ? this.#config.ttl : this.#config.negative_ttl;
    const until = this.#env.now() + ttl * 1000;
    if (ttl > 0) decisions.keep(digest, isAllowed ? 'accepted' : 'refused', decision, until);
    return decision;
  }

  #keyOf({ request, clientIp }: Exchange): string {
    const parts = {
      method: request.method,
      host: `${request.scheme} ${request.header('host') ?? ''}`,
      path: request.path,
      query: request.query,
      client_ip: clientIp,
    };
    const values = this.#keyFields.map((name) => request.headerValues(name));
    return JSON.stringify([...this.#config.cache_by.map((part) => parts[part]), values]);
  }

  #callFor({ request, clientIp }: Exchange): Call {
    const headers: Record<string, string | readonly string[]> = {};
    for (const name of this.#fields) {
      const values = request.headerValues(name);
      if (values.length > 0) headers[name] = values.length === 1 ? values[0]! : values;
    }
    return {
      url: this.#url,
      method: this.#config.method,
      headers: {
        ...headers,
        ...this.#config.custom_headers,
        'X-Forwarded-Method': request.method,
        'X-Forwarded-Proto': request.scheme,
        'X-Forwarded-Host': request.header('host') ?? request.host,
        // As routes and services see it, not as the client has written it.
        'X-Forwarded-Uri': request.query === '' ? request.path : `${request.path}?${request.query}`,
        'X-Forwarded-For': clientIp,
      },
      body: null,
    };
  }
}
