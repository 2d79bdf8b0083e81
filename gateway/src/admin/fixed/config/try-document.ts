import { UnservableChange } from '../../../control/configuration.ts';
import { differences } from '../../../store/differences.ts';
import type { AdminAnswer, AdminRequest } from '../../endpoint.ts';
import { presentChanges } from '../../entities/changes.ts';
import { warningHeader } from '../../entities/warnings.ts';
import { dryRunAnswer } from '../../resources/answers.ts';
import type { FixedParts } from '../parts.ts';
import { unservableDocument } from './declarative-error.ts';
import { documentIn } from './document-body.ts';
import { readDocument } from './read-document.ts';
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
  const { tables, nodes, warnings } = document;
  // A file gives the same ids again; a store has its own.
  const after = live.mode === 'file' ? tables : withStoredIds(tables, nodes, before);
  const changes = differences(before, after);
  try {
    await live.judge(changes);
  } catch (error) {
    if (error instanceof UnservableChange) throw unservableDocument(error);
    throw error;
  }
  const told = [...warnings, ...live.caveatsIn(changes)];
  return dryRunAnswer(
    { data: null, changes: presentChanges(changes, live.plugins), warnings: told },
    { 'X-Sluice-Revision': String(revision), ...warningHeader(told) },
  );
}
