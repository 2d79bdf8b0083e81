import { X509Certificate } from 'node:crypto';
import type { PluginEnv } from '../../plugin/plugin.ts';
import { trustedPath, validity } from './trusted-path.ts';

interface Known {
  readonly authorities: readonly X509Certificate[];
  /** When the certificate counts, ms since the epoch; null for one that nobody vouches for. */
  readonly valid: { readonly from: number; readonly until: number } | null;
}

/** The authorities of one instance, as the configuration has them now. */
export class Authorities {
  readonly #env: PluginEnv;
  readonly #ids: readonly string[];
  readonly #partial: boolean;
  readonly #known = new WeakMap<X509Certificate, Known>();
  #texts: readonly (string | undefined)[] = [];
  #certificates: readonly X509Certificate[] = [];

  constructor(env: PluginEnv, ids: readonly string[], partial: boolean) {
    this.#env = env;
    this.#ids = ids;
    this.#partial = partial;
  }

  /** Whether one of them vouches for the certificate, and everything on the way is still valid. */
  vouchFor(certificate: X509Certificate): boolean {
    const authorities = this.#current();
    let known = this.#known.get(certificate);
    if (known?.authorities !== authorities) {
      const path = trustedPath(certificate, authorities, this.#partial);
      known = { authorities, valid: path === null ? null : validity(path) };
      this.#known.set(certificate, known);
    }
    const now = this.#env.now();
    return known.valid !== null && now >= known.valid.from && now < known.valid.until;
  }

  /** The same list as long as none of them changes. */
  #current(): readonly X509Certificate[] {
    const texts = this.#texts;
    const isSame =
      texts.length > 0 && this.#ids.every((id, i) => this.#env.authority(id) === texts[i]);
    if (!isSame) {
      this.#texts = this.#ids.map((id) => this.#env.authority(id));
      const present = this.#texts.filter((text) => text !== undefined);
      this.#certificates = present.map((text) => new X509Certificate(text));
    }
    return this.#certificates;
  }
}
