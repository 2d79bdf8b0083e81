import { UnservableChange } from '../../../control/configuration.ts';
import { withHashedPasswords } from '../../../entities/hashed-passwords.ts';
import { withPasswordsHashed } from '../../../entities/kept-passwords.ts';
import type { EntityTables } from '../../../entities/tables.ts';
import { differences } from '../../../store/differences.ts';
import type { AdminAnswer, AdminRequest } from '../../endpoint.ts';
import { presentChanges } from '../../entities/changes.ts';
import { warningHeader } from '../../entities/warnings.ts';
import { dryRunAnswer } from '../../resources/answers.ts';
import type { FixedParts } from '../parts.ts';
import { unservableDocument } from './declarative-error.ts';
import { documentIn } from './document-body.ts';
import { isWanted, readDocument, type GoodDeclaration } from './read-document.ts';
import { withStoredIds } from './stored-ids.ts';

/**
 * Tells what would change if the document in the body of a request were all of the configuration.
 * Nothing is changed; the document is checked and compiled as if it were.
 *
 * @throws AdminError 400
 */
export async function tryDocument(
  { live }: FixedParts,
  request: AdminRequest,
): Promise<AdminAnswer> {
  const document = readDocument(live, request, documentIn(await request.body()));
  const { tables: before, revision } =
    live.mode === 'file' ? live.current : await live.store.load();
  const { warnings } = document;
  const after = live.mode === 'file' ? asServed(document) : await asStored(document, before);
  const changes = differences(before, after);
  try {
    await live.judge(changes);
  } catch (error) {
    if (error instanceof UnservableChange) {
      const flatten = isWanted(request.query, 'flatten_errors');
      throw unservableDocument(error, document.nodes, { flatten });
    }
    throw error;
  }
  const told = [...warnings, ...live.caveatsIn(changes)];
  return dryRunAnswer(
    { data: null, changes: presentChanges(changes, live.plugins), warnings: told },
    { 'X-Sluice-Revision': String(revision), ...warningHeader(told) },
  );
}

/** A document that is given again has the same ids and hashes again. */
function asServed({ tables, transform }: GoodDeclaration): EntityTables {
  return transform ? withHashedPasswords(tables) : tables;
}

/** A store has its own ids, and hashes that say by themselves which password is good. */
async function asStored(
  { tables, nodes, transform }: GoodDeclaration,
  stored: EntityTables,
): Promise<EntityTables> {
  const plain = new Set(transform ? tables.basicauth_credentials.keys() : []);
  return withStoredIds(await withPasswordsHashed(tables, plain, stored), nodes, stored);
}
