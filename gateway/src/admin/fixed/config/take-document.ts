import { UnservableChange } from '../../../control/configuration.ts';
import { withHashedPasswords } from '../../../entities/hashed-passwords.ts';
import type { AdminAnswer, AdminRequest } from '../../endpoint.ts';
import { warningHeader } from '../../entities/warnings.ts';
import { writeOrder } from '../../resources/write-request.ts';
import type { FixedParts } from '../parts.ts';
import { acceptedDocument } from './accepted-document.ts';
import { unservableDocument } from './declarative-error.ts';
import { documentIn } from './document-body.ts';
import { refuseWithStore } from './file-only.ts';
import { isWanted, readDocument } from './read-document.ts';

/**
 * Serves what the body of a request says, in place of everything that is served.
 *
 * @throws AdminError 400
 */
export async function takeDocument(
  { live }: FixedParts,
  request: AdminRequest,
): Promise<AdminAnswer> {
  refuseWithStore(live.mode);
  const { query } = request;
  const { text, syntax } = documentIn(await request.body());
  // Of JSON Kong keeps no hash to compare by.
  const isKnown = syntax === 'any' && text === live.document;
  if (isKnown && isWanted(query, 'check_hash')) return { status: 304 };
  const { tables, nodes, transform, warnings } = readDocument(live, request, { text, syntax });
  const served = transform ? withHashedPasswords(tables) : tables;
  const { by, reason } = writeOrder(request, '/config');
  const { revision } = await live.replace(served, { text, by, reason }).catch((error: unknown) => {
    if (!(error instanceof UnservableChange)) throw error;
    throw unservableDocument(error, nodes, { flatten: isWanted(query, 'flatten_errors') });
  });
  return {
    status: 201,
    stream: acceptedDocument(tables, nodes, live.plugins),
    headers: {
      'X-Sluice-Revision': String(revision),
      ...warningHeader([...warnings, ...live.caveats]),
    },
  };
}
