import { readFileSync } from 'node:fs';
import { OperatorError } from '../../errors.ts';
import { isSslMode, sslModes, tlsOptions, type TlsOptions } from './tls-options.ts';

/** How to connect, as `pg` takes it. */
export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string | undefined;
  /** When absent it is taken from PGPASSWORD or the password file of libpq. */
  readonly password: string | undefined;
  readonly ssl: TlsOptions | false;
  readonly application_name: string;
  /** ms */
  readonly connectionTimeoutMillis: number;
  /** ms; longer statements are cancelled by the server. */
  readonly statement_timeout: number;
}

const known = [
  'application_name',
  'connect_timeout',
  'host',
  'password',
  'port',
  'sslcert',
  'sslkey',
  'sslmode',
  'sslrootcert',
  'statement_timeout',
  'user',
] as const;

type Parameter = (typeof known)[number];
type Parameters = Readonly<Partial<Record<Parameter, string>>>;

const DEFAULT_CONNECT_TIMEOUT = 5;
const DEFAULT_STATEMENT_TIMEOUT = 30_000;

/**
 * Reads `postgres://user:password@host:port/database?parameter=value`. Names and meanings are those
 * of PostgreSQL's own clients, as far as they are known here; what is not known is refused.
 *
 * @throws OperatorError, which never shows the URL, since there is a password in it
 */
export function readConnectionUrl(text: string): ConnectionOptions {
  if (!URL.canParse(text) || !/^postgres(ql)?:$/.test(new URL(text).protocol)) {
    throw refused('is no URL that begins with postgres://');
  }
  const url = new URL(text);
  const given = parametersOf(url);
  const host = given.host ?? (decodeURIComponent(url.hostname) || 'localhost');
  return {
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: numberIn(given.port ?? (url.port || '5432'), 'port', 1),
    database: decodeURIComponent(url.pathname.slice(1)) || 'sluice',
    user: given.user ?? (decodeURIComponent(url.username) || undefined),
    password: given.password ?? (decodeURIComponent(url.password) || undefined),
    ssl: sslOf(given, host),
    application_name: given.application_name ?? 'sluice',
    connectionTimeoutMillis:
      numberIn(given.connect_timeout, 'connect_timeout', DEFAULT_CONNECT_TIMEOUT) * 1000,
    statement_timeout: numberIn(
      given.statement_timeout,
      'statement_timeout',
      DEFAULT_STATEMENT_TIMEOUT,
    ),
  };
}

function parametersOf({ searchParams }: URL): Parameters {
  const parameters: Partial<Record<Parameter, string>> = {};
  for (const [name, value] of searchParams) {
    const parameter = known.find((one) => one === name);
    if (parameter === undefined) {
      throw refused(`has a parameter '${name}'; there are ${known.join(', ')}`);
    }
    parameters[parameter] = value;
  }
  return parameters;
}

/** Without a word about it, what leaves the machine is encrypted and the server proves who it is. */
function sslOf(given: Parameters, host: string): TlsOptions | false {
  const mode = given.sslmode ?? (isLocal(host) ? 'disable' : 'verify-full');
  if (!isSslMode(mode)) {
    const hint = /^(allow|prefer)$/.test(mode)
      ? ', which may go on without encryption unnoticed'
      : '';
    throw refused(`has sslmode=${mode}${hint}; there are ${sslModes.join(', ')}`);
  }
  if (mode === 'disable') return false;
  return tlsOptions(mode, host, {
    ca: fileOf(given, 'sslrootcert'),
    cert: fileOf(given, 'sslcert'),
    key: fileOf(given, 'sslkey'),
  });
}

/** Whether what is sent there stays on this machine. */
function isLocal(host: string): boolean {
  return host.startsWith('/') || /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host);
}

function fileOf(given: Parameters, name: Parameter): string | undefined {
  const path = given[name];
  // libpq's word for the authorities that the system trusts.
  if (path === undefined || (name === 'sslrootcert' && path === 'system')) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw refused(`has ${name}=${path}, which cannot be read (${reason})`);
  }
}

function numberIn(text: string | undefined, name: string, absent: number): number {
  if (text === undefined) return absent;
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text);
  throw refused(`has ${name}=${text}, which is no positive number`);
}

function refused(what: string): OperatorError {
  return new OperatorError(`the URL of the database ${what}`, {
    exitCode: 2,
    help: 'Write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full',
  });
}
