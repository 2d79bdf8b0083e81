import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate with its key, PEM. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
}

/** An authority that vouches for servers and clients of tests; made by OpenSSL. */
export class Authority {
  readonly cert: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'sluice-authority-'));
  #count = 0;

  constructor(name = 'Tests') {
    this.#openssl(
      ...['req', '-x509', ...NEW_KEY, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '30'],
      ...['-subj', `/CN=${name}`],
    );
    this.cert = this.#read('ca.crt');
  }

  /** Where its certificate is, until it is removed. */
  get file(): string {
    return join(this.#folder, 'ca.crt');
  }

  /** @param names such as `DNS:a.test` or `IP:127.0.0.1` */
  issue(...names: readonly string[]): Issued {
    return this.#issue(NEW_KEY, names);
  }

  /** One with a key of RSA. */
  issueRsa(...names: readonly string[]): Issued {
    return this.#issue(['-newkey', 'rsa:2048', '-nodes'], names);
  }

  #issue(newKey: readonly string[], names: readonly string[], issuer = 'ca'): Issued {
    const file = `leaf-${this.#count++}`;
    this.#openssl(
      ...['req', '-x509', ...newKey, '-keyout', `${file}.key`, '-out', `${file}.crt`],
      ...['-CA', `${issuer}.crt`, '-CAkey', `${issuer}.key`, '-days', '30', '-subj', '/CN=leaf'],
      ...['-addext', `subjectAltName=${names.join(',')}`],
      ...['-addext', 'basicConstraints=critical,CA:FALSE'],
    );
    return { cert: this.#read(`${file}.crt`), key: this.#read(`${file}.key`) };
  }

  /** One that an intermediate certificate vouches for, which stands behind it. */
  issueBehindAnother(...names: readonly string[]): Issued {
    this.#openssl(
      ...['req', '-x509', ...NEW_KEY, '-keyout', 'between.key', '-out', 'between.crt'],
      ...['-CA', 'ca.crt', '-CAkey', 'ca.key', '-days', '30', '-subj', '/CN=between'],
      ...['-addext', 'basicConstraints=critical,CA:TRUE'],
    );
    const { cert, key } = this.#issue(NEW_KEY, names, 'between');
    return { cert: cert + this.#read('between.crt'), key };
  }

  /** One that has expired the day before. */
  issueExpired(name: string): Issued {
    const file = `leaf-${this.#count++}`;
    this.#openssl(
      ...['req', '-new', ...NEW_KEY, '-keyout', `${file}.key`, '-out', `${file}.csr`],
      ...['-subj', `/CN=${name}`],
    );
    this.#openssl(
      ...['x509', '-req', '-in', `${file}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key'],
      ...['-out', `${file}.crt`, '-days', '-1'],
    );
    return { cert: this.#read(`${file}.crt`), key: this.#read(`${file}.key`) };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #read(file: string): string {
    return readFileSync(join(this.#folder, file), 'utf8');
  }

  #openssl(...words: readonly string[]): void {
    execFileSync('openssl', words, { cwd: this.#folder, stdio: 'pipe' });
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
