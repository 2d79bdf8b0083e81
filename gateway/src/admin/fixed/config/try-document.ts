import { readDeclaration } from '../../../config/declaration.ts';
import { UnservableChange } from '../../../control/configuration.ts';
import type { AdminAnswer, AdminRequest } from '../../endpoint.ts';
import { presentChanges } from '../../entities/changes.ts';
import type { FixedParts } from '../parts.ts';
import { declarativeError, unservableDocument } from './declarative-error.ts';
import { differences } from './differences.ts';
import { documentIn } from './document-body.ts';
import { withStoredIds } from './stored-ids.ts';
import { isWanted } from './take-document.ts';

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
  const { text, syntax } = documentIn(await request.body());
  const document = readDeclaration(text, { plugins: live.plugins, syntax });
  if (!document.ok) {
    throw declarativeError(document.failures, isWanted(request.query, 'flatten_errors'));
  }
  const { tables: before, revision } =
    live.mode === 'file' ? live.current : await live.store.load();
  const { tables, nodes } = document;
  // A file gives the same ids again; a store has its own.
  const after = live.mode === 'file' ? tables : withStoredIds(tables, nodes, before);
  const changes = differences(before, after);
  try {
    await live.judge(changes);
  } catch (error) {
    if (error instanceof UnservableChange) throw unservableDocument(error);
    throw error;
  }
  return {
    status: 200,
    body: { dry_run: true, data: null, changes: presentChanges(changes, live.plugins) },
    headers: { 'X-Sluice-Dry-Run': '1', 'X-Sluice-Revision': String(revision) },
  };
}
