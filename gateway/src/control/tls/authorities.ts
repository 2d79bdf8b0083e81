import { X509Certificate } from 'node:crypto';
import type { GatewayLog } from '../gateway-log.ts';
import { asOperatorError } from './certificate-set.ts';
import { describe, type CertificateStatus } from './certificate-status.ts';
import { certificatesIn } from './pem-certificates.ts';
import { Watched } from './watched.ts';

/** Most authorities of a file that are told of, those that expire first: a system has hundreds. */
const MOST = 20;

interface Read {
  readonly pems: readonly string[];
  readonly status: readonly CertificateStatus[];
}

/** The authorities in a file that is followed. */
export class Authorities {
  readonly #watched: Watched<Read>;

  /**
   * @param option that names the file, for messages
   * @throws OperatorError when it is no good at the start
   */
  constructor(
    file: string,
    option: string,
    where: 'client_authorities' | 'upstream_authorities',
    onChange: () => void,
    log: GatewayLog,
  ) {
    const read = (): Read => {
      const pems = certificatesIn(file);
      return { pems, status: statusOf(pems, file, where) };
    };
    try {
      this.#watched = new Watched({ paths: [file], option }, read, onChange, log);
    } catch (error) {
      throw asOperatorError(error, option);
    }
  }

  /** Each in PEM. */
  get pems(): readonly string[] {
    return this.#watched.value.pems;
  }

  get status(): CertificateStatus[] {
    const { value, problem } = this.#watched;
    return value.status.map((one) => ({ ...one, problem }));
  }

  close(): void {
    this.#watched.close();
  }
}

/** Of those with the same name and type of key, which metrics cannot tell apart, the first to expire. */
function statusOf(
  pems: readonly string[],
  file: string,
  where: CertificateStatus['where'],
): CertificateStatus[] {
  const all = pems
    .map((pem) => describe(where, file, new X509Certificate(pem)))
    .sort((a, b) => a.expires - b.expires);
  const told = new Map<string, CertificateStatus>();
  for (const one of all) {
    const key = `${one.keyType} ${one.names}`;
    if (!told.has(key)) told.set(key, one);
  }
  return [...told.values()].slice(0, MOST);
}
