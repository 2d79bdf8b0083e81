import { jsonIn } from '../../plugin/fetch-json.ts';
import { badAnswer } from '../../plugin/peer/failure.ts';
import type { Answer } from '../../plugin/peer/http-call.ts';
import type { PeerEnv } from '../../plugin/peer/peer-state.ts';
import { sharePeer, type Peer } from '../../plugin/peer/peer.ts';
import { secretDigest } from '../../plugin/secret-digest.ts';
import type { Share } from '../../plugin/shared-by-options.ts';
import { clientAuthentication } from './client-auth.ts';
import { grantIn, type Grant } from './grant.ts';
import type { ProviderMetadata } from './metadata.ts';
import type { OpenidConfig } from './schema/schema.ts';

/** The provider has answered, with a no. */
export interface Denied {
  readonly denied: string;
}

/** Codes by which a provider says that this application is not set up as it has to be. */
const OWN_FAULTS: ReadonlySet<string> = new Set([
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
]);

/** Hosts that a provider may name one after the other; those of before are let go. */
const MOST_PEERS = 4;

/** Asks a provider for tokens. */
export class TokenEndpoint {
  readonly #config: OpenidConfig;
  readonly #env: PeerEnv;
  readonly #peers = new Map<string, Share<Peer>>();

  constructor(config: OpenidConfig, env: PeerEnv) {
    this.#config = config;
    this.#env = env;
  }

  /**
   * The tokens for the code that a browser has brought.
   *
   * @param owner the address of the client
   * @throws PeerFailure
   */
  exchange(
    metadata: ProviderMetadata,
    { code, verifier }: { readonly code: string; readonly verifier: string },
    owner: string,
  ): Promise<Grant | Denied> {
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: this.#config.redirect_uri?.[0] ?? '',
      code_verifier: verifier,
    };
    return this.#ask(metadata.token, { metadata, form, owner }, grantOrDenied);
  }

  /** New tokens for a refresh token. */
  refresh(metadata: ProviderMetadata, token: string, owner: string): Promise<Grant | Denied> {
    const form = { grant_type: 'refresh_token', refresh_token: token };
    return this.#ask(metadata.token, { metadata, form, owner }, grantOrDenied);
  }

  /** Has a token count no more (RFC 7009). */
  async revoke(metadata: ProviderMetadata, token: string, owner: string): Promise<void> {
    const form = { token };
    await this.#ask(metadata.revocation, { metadata, form, owner }, ({ status }) => {
      if (status !== 200) throw badAnswer(`the answer to a revocation has the status ${status}`);
    });
  }

  close(): void {
    for (const { release } of this.#peers.values()) release();
    this.#peers.clear();
  }

  async #ask<T>(
    url: URL | null,
    about: {
      readonly metadata: ProviderMetadata;
      readonly form: Readonly<Record<string, string>>;
      readonly owner: string;
    },
    read: (answer: Answer) => T,
  ): Promise<T> {
    if (url === null) throw badAnswer('the provider does not say where it can be asked');
    const { fields, headers } = clientAuthentication(this.#config, about.metadata.clientAuth);
    const body = new URLSearchParams({ ...about.form, ...fields }).toString();
    const call = {
      url,
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        Accept: 'application/json',
        ...headers,
      },
      body: Buffer.from(body),
    };
    return this.#peerAt(url).ask(secretDigest(`${url.href} ${body}`), about.owner, call, read);
  }

  #peerAt({ host }: URL): Peer {
    const known = this.#peers.get(host);
    if (known !== undefined) return known.thing;
    const share = sharePeer(
      {
        name: host,
        called: 'the token endpoint of the OpenID provider',
        help: 'Nobody can log in, and sessions end with their tokens, until it answers as it should.',
      },
      {
        timeout: this.#config.timeout,
        keepAlive: 30_000,
        mostAtOnce: 32,
        mostWaiting: 224,
        limit: 256 * 1024,
        verify: this.#config.ssl_verify,
      },
      this.#env,
    );
    const [oldest] = this.#peers;
    if (oldest !== undefined && this.#peers.size === MOST_PEERS) {
      this.#peers.delete(oldest[0]);
      oldest[1].release();
    }
    this.#peers.set(host, share);
    return share.thing;
  }
}

function grantOrDenied(answer: Answer): Grant | Denied {
  if (answer.status !== 400 && answer.status !== 401) return grantIn(jsonIn(answer));
  const { error } = (jsonIn({ ...answer, status: 200 }) ?? {}) as { readonly error?: unknown };
  if (typeof error !== 'string') throw badAnswer(`the answer has the status ${answer.status}`);
  if (OWN_FAULTS.has(error)) throw badAnswer(`it does not take this client: ${error}`);
  return { denied: error };
}
