import { existsSync } from 'node:fs';
import { tokenFileIn } from '../control/source/open-source.ts';
import { newSecret, tokenOf } from '../control/tokens/secret.ts';
import { OperatorError } from '../errors.ts';
import { ValueError } from '../settings/kinds.ts';
import { lifetime } from '../settings/lifetime.ts';
import type { StoredToken, TokenStore } from '../store/contract.ts';
import { prepareDataFolder } from '../store/data-folder.ts';
import { TokenFile } from '../store/memory/token-file.ts';
import { hasDatabaseFile } from '../store/sqlite/database-file.ts';
import type { Io } from './io.ts';
import {
  inOperatorsWords,
  storeSettings,
  warnOfExposure,
  withStore,
} from './open-command-store.ts';
import type { Flags } from './start-options.ts';

const NAME = /^[\x21-\x7e]{1,64}$/;

/** `sluice token create NAME`: the token is the only thing on stdout, and is shown only now. */
export async function createToken(
  name: string,
  flags: Flags & { expires?: string },
  io: Io,
): Promise<number> {
  if (!NAME.test(name)) {
    throw new OperatorError(`the name of a token is one word of at most 64 ASCII characters`, {
      exitCode: 2,
    });
  }
  const expiresAt = flags.expires === undefined ? null : Date.now() + lifetimeOf(flags.expires);
  const secret = newSecret();
  return withTokens({ flags, io, create: true }, async (tokens) => {
    const token = tokenOf(secret, name, expiresAt);
    if (!(await tokens.create(token))) {
      throw new OperatorError(`there is a token of the name ${name} already`, {
        help: `Choose another name, or revoke it first: sluice token revoke ${name}`,
      });
    }
    io.stdout.write(`${secret}\n`);
    io.stderr.write(
      `created token ${name} (${token.id}), ${ending(token)}; it is not shown again\n`,
    );
    return 0;
  });
}

/** `sluice token list` */
export async function listTokens(flags: Flags & { json?: boolean }, io: Io): Promise<number> {
  return withTokens({ flags, io, create: false }, async (tokens) => {
    const all = await tokens.list();
    if (flags.json === true) {
      io.stdout.write(`${JSON.stringify(all.map(forPrograms), null, 2)}\n`);
      return 0;
    }
    const rows = [
      ['NAME', 'ID', 'CREATED', 'LAST USED', 'STATE'],
      ...all.map((token) => [
        token.name,
        token.id,
        day(token.createdAt),
        token.lastUsedAt === null ? 'never' : day(token.lastUsedAt),
        state(token),
      ]),
    ];
    const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
    for (const row of rows) {
      const cells = row.map((cell, column) => cell.padEnd(widths?.[column] ?? 0));
      io.stdout.write(`${cells.join('  ').trimEnd()}\n`);
    }
    return 0;
  });
}

/** `sluice token revoke NAME_OR_ID`: it is good for nothing within a second, on every node. */
export async function revokeToken(nameOrId: string, flags: Flags, io: Io): Promise<number> {
  return withTokens({ flags, io, create: false }, async (tokens) => {
    const live = (await tokens.list()).filter((token) => token.revokedAt === null);
    const found =
      live.find(({ id }) => id === nameOrId) ?? live.findLast(({ name }) => name === nameOrId);
    if (found === undefined || !(await tokens.revoke(found.id, Date.now()))) {
      throw new OperatorError(`there is no token of the name or id ${nameOrId}`, {
        help: 'sluice token list shows them.',
      });
    }
    io.stderr.write(`revoked token ${found.name} (${found.id})\n`);
    return 0;
  });
}

/**
 * Tokens of a node with a file lie beside it, those of the others in its store.
 *
 * @param create whether a place for tokens is made where there is none
 */
function withTokens<T>(
  { flags, io, create }: { readonly flags: Flags; readonly io: Io; readonly create: boolean },
  work: (tokens: TokenStore) => Promise<T>,
): Promise<T> {
  const { stderr } = io;
  const settings = storeSettings(flags, io);
  const file = tokenFileIn(settings.data);
  const config = flags['config'] ?? io.environment['SLUICE_CONFIG'] ?? '';
  if (config === '') {
    if (settings.database === null) refuseFolderOfFile(settings.data, file);
    return withStore({ settings, prepare: create, stderr }, ({ tokens }) => work(tokens));
  }
  return inOperatorsWords(() => {
    const isNew = !existsSync(file);
    if (isNew && !create) {
      throw new OperatorError(`there are no tokens of a node with a file in ${settings.data}`, {
        help: 'Name the folder of the gateway with --data DIR. Tokens of a node without --config are in its store.',
      });
    }
    prepareDataFolder(settings.data);
    if (isNew) stderr.write(`created a new list of tokens in ${settings.data}\n`);
    if (create) warnOfExposure(settings.data, stderr);
    return work(new TokenFile(file));
  });
}

/** A store made there would not be what its gateway looks at. */
function refuseFolderOfFile(folder: string, tokenFile: string): void {
  if (hasDatabaseFile(folder) || !existsSync(tokenFile)) return;
  throw new OperatorError(`${folder} is the folder of a gateway that serves a file`, {
    help: 'Say --config FILE as for its start, or set SLUICE_CONFIG.',
  });
}

function lifetimeOf(text: string): number {
  try {
    return lifetime().parse(text);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new OperatorError(`--expires "${text}" ${error.message}; for example --expires 90d`, {
      exitCode: 2,
    });
  }
}

function state(token: StoredToken): string {
  if (token.revokedAt !== null) return `revoked ${day(token.revokedAt)}`;
  return ending(token);
}

function ending({ expiresAt }: StoredToken): string {
  if (expiresAt === null) return 'does not expire';
  return `${expiresAt <= Date.now() ? 'expired' : 'expires'} ${day(expiresAt)}`;
}

function day(time: number): string {
  return new Date(time).toISOString().replace('T', ' ').slice(0, 16);
}

/** Everything but the hash, which is nobody's business. */
function forPrograms({ id, name, createdAt, expiresAt, revokedAt, lastUsedAt }: StoredToken) {
  const at = (time: number | null) => (time === null ? null : new Date(time).toISOString());
  return {
    id,
    name,
    created_at: at(createdAt),
    expires_at: at(expiresAt),
    revoked_at: at(revokedAt),
    last_used_at: at(lastUsedAt),
  };
}
