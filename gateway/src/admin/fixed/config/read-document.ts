import { readDeclaration, type Declaration } from '../../../config/declaration.ts';
import type { AdminRequest } from '../../endpoint.ts';
import type { FixedParts } from '../parts.ts';
import { declarativeError } from './declarative-error.ts';
import type { DocumentBody } from './document-body.ts';

export type GoodDeclaration = Extract<Declaration, { ok: true }> & {
  /** What its author may not have meant, though it can be served. */
  readonly warnings: readonly string[];
};

/**
 * Reads the document that a request carries.
 *
 * @throws AdminError 400 with everything that is wrong with it
 */
export function readDocument(
  { plugins }: FixedParts['live'],
  { query }: AdminRequest,
  { text, syntax }: DocumentBody,
): GoodDeclaration {
  const document = readDeclaration(text, { plugins, syntax });
  const hint = /\$\{\{\s*env\s/.test(text) ? notSubstituted : undefined;
  if (document.ok) return { ...document, warnings: hint === undefined ? [] : [hint] };
  throw declarativeError(document.failures, { flatten: isWanted(query, 'flatten_errors'), hint });
}

/** What whoever controls a document may see of the environment of a gateway is nothing. */
const notSubstituted =
  '${{ env "DECK_…" }} stands for itself here: decK puts the variable in when it reads a file, the Admin API does not; send what `deck file render --populate-env-vars FILE` writes';

/** Whether a switch of Kong's is on in the query. */
export function isWanted(query: URLSearchParams, name: string): boolean {
  return ['1', 'true', 'on', 'yes'].includes(query.get(name)?.toLowerCase() ?? '');
}
