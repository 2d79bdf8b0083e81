import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

  /** Its own key, PEM. */
  get key(): string {
    return this.#read('ca.key');
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

  /**
   * One for a subject such as `/O=Shop/CN=till 7`, and for a time that need not be now.
   *
   * @param usage what alone it is good for, such as `serverAuth`
   * @param from as `YYYYMMDDHHMMSSZ`
   */
  issueTo(
    subject: string,
    {
      names = [] as readonly string[],
      usage = '',
      from = '20200101000000Z',
      to = '20400101000000Z',
    } = {},
  ): Issued {
    const file = `leaf-${this.#count++}`;
    const alternative = names.length === 0 ? '' : `subjectAltName=${names.join(',')}\n`;
    const use = usage === '' ? '' : `extendedKeyUsage=${usage}\n`;
    writeFileSync(join(this.#folder, 'ca.cnf'), CA_SETTINGS + alternative + use);
    writeFileSync(join(this.#folder, 'index.txt'), '');
    this.#openssl(
      ...['req', '-new', ...NEW_KEY, '-keyout', `${file}.key`, '-out', `${file}.csr`],
      ...['-subj', subject],
    );
    this.#openssl(
      ...['ca', '-batch', '-notext', '-config', 'ca.cnf', '-in', `${file}.csr`],
      ...['-out', `${file}.crt`, '-startdate', from, '-enddate', to],
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

/** For `openssl ca`, which alone takes dates. */
const CA_SETTINGS = `[ca]
default_ca=own
[own]
database=index.txt
new_certs_dir=.
certificate=ca.crt
private_key=ca.key
rand_serial=yes
default_md=sha256
policy=any
unique_subject=no
preserve=yes
x509_extensions=client
[any]
countryName=optional
organizationName=optional
commonName=optional
[client]
basicConstraints=critical,CA:FALSE
`;
