import type { SecureContextOptions } from 'node:tls';

/** Certificates of a server on this thread, and word of others. */
export interface ServerCertificates {
  /** What to use now. */
  readonly options: SecureContextOptions;
  /** @returns how to hear of changes no more */
  onChange(listener: () => void): () => void;
}
