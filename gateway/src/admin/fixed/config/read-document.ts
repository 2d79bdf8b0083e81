import { misreadPasswords } from '../../../config/caveats/password-caveats.ts';
import { formatProblem, type Problem } from '../../../config/problem.ts';
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
  { mode, plugins, allowUnsupportedPlugins }: FixedParts['live'],
  { query }: AdminRequest,
  { text, syntax }: DocumentBody,
): GoodDeclaration {
  const document = readDeclaration(text, {
    plugins,
    syntax,
    // What is taken here can be started from as well.
    purpose: mode === 'file' ? 'serve' : 'store',
    allowUnsupportedPlugins,
  });
  const hint = /\$\{\{\s*env\s/.test(text) ? notSubstituted : undefined;
  if (document.ok) {
    const caveats = misreadPasswords(document.tables, document.transform);
    const warnings = caveats.map(({ message }) => message);
    return { ...document, warnings: hint === undefined ? warnings : [hint, ...warnings] };
  }
  // Of a document for a store that is right otherwise the judgement of the whole tells.
  const unservable = allowUnsupportedPlugins ? [] : document.unservable.failures;
  throw declarativeError([...document.failures, ...unservable], {
    flatten: isWanted(query, 'flatten_errors'),
    hint: [...(hint === undefined ? [] : [hint]), ...meant(document.problems)].join('; '),
  });
}

/** Most slips of the pen that are pointed at. */
const MOST_MEANT = 10;

/** Names that are nearly right, with what they should be. */
function meant(problems: readonly Problem[]): string[] {
  const near = problems.filter(({ suggestion }) => suggestion !== undefined);
  return near.slice(0, MOST_MEANT).map(formatProblem);
}

/** What whoever controls a document may see of the environment of a gateway is nothing. */
const notSubstituted =
  '${{ env "DECK_…" }} stands for itself here: decK puts the variable in when it reads a file, the Admin API does not; send what `deck file render --populate-env-vars FILE` writes';

/** Whether a switch of Kong's is on in the query. */
export function isWanted(query: URLSearchParams, name: string): boolean {
  return ['1', 'true', 'on', 'yes'].includes(query.get(name)?.toLowerCase() ?? '');
}
