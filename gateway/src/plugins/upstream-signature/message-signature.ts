import { hash } from 'node:crypto';
import type { Exchange, ServiceInfo } from '../../plugin/plugin.ts';
import type { UpstreamSignatureConfig } from './schema.ts';
import type { SigningAlgorithm, SigningKey } from './signing-key.ts';
import { audienceOf } from './token-maker.ts';

/** As RFC 9421 names the algorithms. */
const NAMES: Readonly<Record<SigningAlgorithm, string>> = {
  ES256: 'ecdsa-p256-sha256',
  ES384: 'ecdsa-p384-sha384',
  EdDSA: 'ed25519',
  PS512: 'rsa-pss-sha512',
  RS256: 'rsa-v1_5-sha256',
  HS256: 'hmac-sha256',
};

/** Names the signature among others of a message. */
const LABEL = 'sluice';

/** Signs requests as services will see them (RFC 9421). */
export class MessageSigner {
  readonly #config: UpstreamSignatureConfig;
  readonly #key: SigningKey;

  constructor(config: UpstreamSignatureConfig, key: SigningKey) {
    this.#config = config;
    this.#key = key;
  }

  /**
   * The fields that a signature consists of.
   *
   * @param now ms since the epoch
   * @param body null where it is not signed
   */
  sign(
    ex: Exchange,
    service: ServiceInfo,
    now: number,
    body: Uint8Array | null,
  ): Readonly<Record<string, string>> {
    const digest = body === null ? null : `sha-256=:${hash('sha256', body, 'base64')}:`;
    const covered = coveredParts(ex, digest);
    const parameters = this.#parameters(ex, service, now, covered);
    const lines = covered.map(([component, value]) => `"${component}": ${value}\n`).join('');
    const signature = this.#key.sign(`${lines}"@signature-params": ${parameters}`);
    return {
      'Signature-Input': `${LABEL}=${parameters}`,
      Signature: `${LABEL}=:${signature.toString('base64')}:`,
      ...(digest === null ? {} : { 'Content-Digest': digest }),
    };
  }

  #parameters(ex: Exchange, service: ServiceInfo, now: number, covered: readonly Part[]): string {
    const names = covered.map(([component]) => `"${component}"`).join(' ');
    const created = Math.floor(now / 1000);
    const expires = created + this.#config.lifetime;
    const { id, algorithm } = this.#key;
    const tag = encodeURI(audienceOf(this.#config, service));
    return (
      `(${names});created=${created};expires=${expires};nonce="${ex.id}"` +
      `;keyid="${id}";alg="${NAMES[algorithm]}";tag="${tag}"`
    );
  }
}

type Part = readonly [component: string, value: string];

function coveredParts({ request, consumer }: Exchange, digest: string | null): Part[] {
  const [path, query] = splitTarget(request.upstreamTarget ?? '/');
  return [
    ['@method', request.method],
    ['@path', path],
    ['@query', query],
    ...(consumer === null ? [] : [['x-consumer-id', consumer.id] as const]),
    ...(digest === null ? [] : [['content-digest', digest] as const]),
  ];
}

/** Path and query; the query of a target without one is `?`, as the RFC says. */
function splitTarget(target: string): [path: string, query: string] {
  const mark = target.indexOf('?');
  return mark === -1 ? [target, '?'] : [target.slice(0, mark), target.slice(mark)];
}
