import { readDeclaration } from '../../../config/declaration.ts';
import { UnservableChange } from '../../../control/configuration.ts';
import type { AdminAnswer, AdminRequest } from '../../endpoint.ts';
import type { FixedParts } from '../parts.ts';
import { acceptedDocument } from './accepted-document.ts';
import { declarativeError, unservableDocument } from './declarative-error.ts';
import { documentIn } from './document-body.ts';
import { refuseWithStore } from './file-only.ts';
import { withHashedPasswords } from './hashed-passwords.ts';

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
  if (isKnown && query.get('check_hash') === '1') return { status: 304 };
  const document = readDeclaration(text, { plugins: live.plugins, syntax });
  if (!document.ok) throw declarativeError(document.failures, isWanted(query, 'flatten_errors'));
  const { tables, nodes, transform } = document;
  const served = transform ? await withHashedPasswords(tables) : tables;
  const revision = await replace(live, served, text);
  return {
    status: 201,
    stream: acceptedDocument(tables, nodes),
    headers: { 'X-Sluice-Revision': String(revision) },
  };
}

async function replace(
  live: FixedParts['live'],
  ...[tables, text]: Parameters<FixedParts['live']['replace']>
): Promise<number> {
  try {
    return (await live.replace(tables, text)).revision;
  } catch (error) {
    if (error instanceof UnservableChange) throw unservableDocument(error);
    throw error;
  }
}

/** Whether a switch of Kong's is on in the query. */
export function isWanted(query: URLSearchParams, name: string): boolean {
  return ['1', 'true', 'on', 'yes'].includes(query.get(name)?.toLowerCase() ?? '');
}
