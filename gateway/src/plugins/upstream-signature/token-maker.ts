import { hash } from 'node:crypto';
import type { ConsumerInfo, Exchange, ServiceInfo } from '../../plugin/plugin.ts';
import { RecentMap } from '../../plugin/recent-map.ts';
import type { UpstreamSignatureConfig } from './schema.ts';
import type { SigningKey } from './signing-key.ts';

/** A token that several requests get. */
interface KeptToken {
  readonly token: string;
  /** Another consumer object means that something of the consumer has changed. */
  readonly consumer: ConsumerInfo | null;
  /** ms since the epoch. */
  readonly until: number;
}

const MOST_KEPT = 20_000;

/** Makes the JSON Web Tokens that services know the gateway by. */
export class TokenMaker {
  readonly #config: UpstreamSignatureConfig;
  readonly #key: SigningKey;
  readonly #header: string;
  readonly #kept = new RecentMap<KeptToken>(MOST_KEPT);

  constructor(config: UpstreamSignatureConfig, key: SigningKey) {
    this.#config = config;
    this.#key = key;
    this.#header = encoded({ alg: key.algorithm, typ: 'JWT', kid: key.id });
  }

  /**
   * A token for requests of this consumer on this route.
   *
   * @param now ms since the epoch
   */
  shared(ex: Exchange, service: ServiceInfo, now: number): string {
    const { consumer } = ex;
    const name = `${ex.route?.id ?? ''} ${consumer?.id ?? ''}`;
    const kept = this.#kept.get(name);
    if (kept !== undefined && kept.consumer === consumer && now < kept.until) return kept.token;
    const token = this.#token(ex, service, now, {});
    // Whoever gets it at last has half of its time left.
    this.#kept.set(name, { token, consumer, until: now + this.#config.lifetime * 500 });
    return token;
  }

  /**
   * A token for this request alone.
   *
   * @param body what it is bound to besides; null where it is not
   */
  own(ex: Exchange, service: ServiceInfo, now: number, body: Uint8Array | null): string {
    const { method, upstreamTarget } = ex.request;
    const bound = this.#config.bind.includes('request');
    return this.#token(ex, service, now, {
      jti: ex.id,
      ...(bound ? { request_sha256: digest(`${method} ${upstreamTarget}`) } : {}),
      ...(body === null ? {} : { body_sha256: digest(body) }),
    });
  }

  #token({ consumer, route }: Exchange, service: ServiceInfo, now: number, more: object): string {
    const { issuer, lifetime } = this.#config;
    const issued = Math.floor(now / 1000);
    const claims = {
      iss: issuer,
      aud: audienceOf(this.#config, service),
      iat: issued,
      exp: issued + lifetime,
      ...(consumer === null ? {} : { sub: consumer.id, consumer: namesOf(consumer) }),
      route: route?.name ?? route?.id,
      ...more,
    };
    const text = `${this.#header}.${encoded(claims)}`;
    return `${text}.${this.#key.sign(text).toString('base64url')}`;
  }
}

/** Whom a signature is for. */
export function audienceOf(
  { audience }: UpstreamSignatureConfig,
  { name, id }: ServiceInfo,
): string {
  return audience ?? name ?? id;
}

function namesOf({ username, custom_id: customId }: ConsumerInfo): object {
  return {
    ...(username === null ? {} : { username }),
    ...(customId === null ? {} : { custom_id: customId }),
  };
}

function digest(data: string | Uint8Array): string {
  // What a head holds are bytes.
  const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : data;
  return hash('sha256', bytes, 'base64url');
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
