import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { OperatorError } from '../../errors.ts';
import type { StoredToken, TokenStore } from '../../store/contract.ts';
import { folderError } from '../../store/data-folder.ts';
import { isInForce } from '../../store/in-force.ts';
import type { GatewayLog } from '../gateway-log.ts';
import { hashOfSecret, newSecret, SHORTEST_SECRET, tokenOf } from './secret.ts';

const NAME = 'admin';

export interface FirstTokenOptions {
  readonly tokens: TokenStore;
  /** A file that holds the secret, or null to make one. */
  readonly tokenFile: string | null;
  /** Where a secret that is made is written. */
  readonly folder: string;
  readonly log: GatewayLog;
}

/**
 * Creates the token of the first administrator, unless there has ever been one. The log names the
 * file that holds it, never the token.
 *
 * @throws OperatorError when its file cannot be read, is not fit, or cannot be written
 * @throws StoreUnavailable
 */
export async function createFirstToken(options: FirstTokenOptions): Promise<void> {
  const { tokens, tokenFile, folder, log } = options;
  const path = join(folder, 'admin-token');
  if (tokenFile !== null) {
    const token = tokenOf(readSecret(tokenFile), NAME, null);
    const created = await tokens.createFirst(token);
    if (created) return log.info(`the administrator's token is the one in ${tokenFile}`);
    if (!(await counts(tokens, token.hash))) {
      tellOfOthers(await tokens.list(), `the one in ${tokenFile} is not looked at`, log);
    }
    return;
  }
  const known = await tokens.list();
  if (known.length > 0) {
    const written = writtenIn(path);
    // Whoever finds it needs no more to be told.
    if (written !== undefined && (await counts(tokens, hashOfSecret(written)))) return;
    const outcome = written === undefined ? 'none is made' : `the one in ${path} counts no more`;
    tellOfOthers(known, outcome, log);
    return;
  }
  const secret = newSecret();
  // Written first: a token that nobody knows would lock everybody out.
  if (!writeSecret(path, secret, folder)) return useWritten(tokens, path, log);
  if (await tokens.createFirst(tokenOf(secret, NAME, null))) {
    log.info(`an administrator's token was created and written to ${path}`);
  } else {
    // Another node was quicker, and has it.
    rmSync(path, { force: true });
  }
}

function writtenIn(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // What cannot be read helps nobody, just as if it was not there.
    return undefined;
  }
}

async function counts(tokens: TokenStore, hash: string): Promise<boolean> {
  const token = await tokens.byHash(hash);
  return token !== undefined && isInForce(token, Date.now());
}

/**
 * Looks whether a file holds what can be the first token, before anything is made.
 *
 * @throws OperatorError
 */
export function checkTokenFile(path: string): void {
  readSecret(path);
}

const MAKE_ONE =
  'sluice token create NAME, with --data, --database and --config as for this start, makes another';

/** Why there is no file with a token to be found, and what to do about it. */
function tellOfOthers(known: readonly StoredToken[], outcome: string, log: GatewayLog): void {
  const count = known.filter((token) => isInForce(token, Date.now())).length;
  if (count === 0) {
    log.warn(
      `all tokens of the Admin API are revoked or expired, so it lets nobody in; ${outcome}; ${MAKE_ONE}`,
    );
    return;
  }
  const tokens = count === 1 ? 'is a token' : `are ${count} tokens`;
  log.info(`there ${tokens} of the Admin API already: ${outcome}; ${MAKE_ONE}`);
}

/** A start that ended between the two steps left a secret that counts nowhere yet. */
async function useWritten(tokens: TokenStore, path: string, log: GatewayLog): Promise<void> {
  const created = await tokens.createFirst(tokenOf(readSecret(path), NAME, null));
  if (created) log.info(`the administrator's token is the one in ${path}`);
}

/** @returns false when such a file is there, with something in it */
function writeSecret(path: string, secret: string, folder: string): boolean {
  try {
    // A start that ended in the midst of this, or found the disk full, left nothing in it.
    if (statSync(path, { throwIfNoEntry: false })?.size === 0) rmSync(path);
    writeNew(path, `${secret}\n`);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw folderError(folder, error as NodeJS.ErrnoException);
  }
}

function writeNew(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** @throws OperatorError */
function readSecret(path: string): string {
  const refuse = (problem: string): OperatorError =>
    new OperatorError(`the token file ${path} ${problem}`, {
      help: `It holds one line of at least ${SHORTEST_SECRET} characters, such as: openssl rand -hex 32`,
    });
  let secret: string;
  try {
    secret = readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw refuse(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
  if (!/^[\x21-\x7e]*$/.test(secret)) throw refuse('holds more than one word of ASCII characters');
  if (secret.length < SHORTEST_SECRET) throw refuse(`holds ${secret.length} characters only`);
  return secret;
}
