import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { UpstreamMaterial } from '../../../snapshot/messages.ts';

/**
 * Whom this thread trusts where nothing else is said. The authorities become Node's own default, since
 * contexts share that: each would need more than a megabyte and 20 ms for a copy of the system's.
 */
export class Trust {
  /** Changes whenever others are trusted, or another certificate is shown. */
  version = 0;
  #material: UpstreamMaterial;
  #installed = false;

  constructor(material: UpstreamMaterial) {
    this.#material = material;
  }

  /** From now on. */
  use(material: UpstreamMaterial): void {
    this.#material = material;
    this.#installed = false;
    this.version++;
  }

  get certificate(): UpstreamMaterial['certificate'] {
    return this.#material.certificate;
  }

  /** Makes contexts without authorities of their own trust the node's. */
  install(): void {
    if (this.#installed) return;
    setDefaultCACertificates([...(this.#material.authorities ?? systemAuthorities())]);
    this.#installed = true;
  }
}

/** A container without any of its own is helped out with those that Node brings along. */
function systemAuthorities(): readonly string[] {
  const own = getCACertificates('system');
  return own.length > 0 ? own : getCACertificates('bundled');
}
