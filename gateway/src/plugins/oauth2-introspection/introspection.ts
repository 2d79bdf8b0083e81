import { peerOptions } from '../../plugin/peer/fields.ts';
import type { Call } from '../../plugin/peer/http-call.ts';
import { KeptAnswers, type Kept } from '../../plugin/peer/kept-answers.ts';
import { sharePeer, type Peer } from '../../plugin/peer/peer.ts';
import type { Exchange, PluginEnv } from '../../plugin/plugin.ts';
import { SecretDigests } from '../../plugin/secret-digest.ts';
import { introspected, ToldMembers, type ActiveToken } from './introspected.ts';
import type { IntrospectionConfig } from './schema.ts';

/** A token, or null where it is not active, for as long as that counts. */
export type Said = Kept<ActiveToken | null>;

/** What servers have said of tokens, for all instances of this thread: null of those not active. */
const known = new KeptAnswers<ActiveToken | null>({ accepted: 20_000, refused: 5_000 });

/** Longest answer, bytes. */
const LONGEST = 64 * 1024;

/** Finds out what a server says of tokens, and remembers it for a while. */
export class Introspection {
  readonly #config: IntrospectionConfig;
  readonly #env: PluginEnv;
  readonly #url: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #peer: Peer;
  /** What was said under another configuration does not count under this one. */
  readonly #digests: SecretDigests;
  readonly told: ToldMembers;
  /** Call when it is not needed any more. */
  readonly dispose: () => void;

  constructor(config: IntrospectionConfig, env: PluginEnv) {
    this.#config = config;
    this.#env = env;
    this.#url = new URL(config.introspection_url);
    this.#headers = headersOf(config);
    this.#digests = new SecretDigests(JSON.stringify(config));
    this.told = new ToldMembers(config.custom_claims_forward);
    const about = {
      name: this.#url.host,
      called: 'the introspection server',
      help:
        config.on_failure === 'open'
          ? 'Requests with tokens that are not known pass without a consumer until it answers (on_failure).'
          : 'Requests with tokens that are not known are answered with 503 until it answers.',
    };
    const { thing, release } = sharePeer(about, peerOptions(config, LONGEST), env);
    this.#peer = thing;
    this.dispose = release;
  }

  /** Host and port of the server. */
  get peer(): string {
    return this.#url.host;
  }

  /**
   * What the server says of a token.
   *
   * @throws PeerFailure
   */
  of(token: string, ex: Exchange): Said | Promise<Said> {
    const { method, path } = ex.request;
    const { introspect_request: withRequest } = this.#config;
    const digest = this.#digests.of(withRequest ? `${method} ${path} ${token}` : token);
    const before = known.get(digest, this.#env.now());
    if (before !== undefined) return before;
    const call = this.#callFor(token, withRequest ? { method, path } : null);
    return this.#ask(digest, ex.clientIp, call);
  }

  async #ask(digest: string, client: string, call: Call): Promise<Said> {
    const token = await this.#peer.ask(digest, client, call, (answer) =>
      introspected(answer, this.told),
    );
    const { ttl, negative_ttl: negativeTtl } = this.#config;
    const now = this.#env.now();
    const until =
      token === null ? now + negativeTtl * 1000 : Math.min(now + ttl * 1000, token.until);
    if (until > now) known.keep(digest, token === null ? 'refused' : 'accepted', token, until);
    return { answer: token, until };
  }

  #callFor(
    token: string,
    request: { readonly method: string; readonly path: string } | null,
  ): Call {
    const { token_type_hint: hint } = this.#config;
    const form = new URLSearchParams({
      token,
      ...(hint === null ? {} : { token_type_hint: hint }),
    });
    const told =
      request === null
        ? {}
        : { 'X-Request-Path': request.path, 'X-Request-Http-Method': request.method };
    const headers = { ...this.#headers, ...told };
    return { url: this.#url, method: 'POST', headers, body: Buffer.from(form.toString()) };
  }
}

function headersOf(config: IntrospectionConfig): Record<string, string> {
  const authorization = config.authorization_value ?? basic(config);
  return {
    ...config.custom_introspection_headers,
    ...(authorization === null ? {} : { Authorization: authorization }),
    Accept: 'application/json',
    'Content-Type': 'application/x-www-form-urlencoded',
  };
}

/** As RFC 6749 (2.3.1) writes the name and the secret of a client. */
function basic({ client_id: id, client_secret: secret }: IntrospectionConfig): string | null {
  if (id === null || secret === null) return null;
  const [name, password] = [id, secret].map((text) =>
    new URLSearchParams({ '': text }).toString().slice(1),
  );
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}
