import { FormPairs } from '../../plugin/body/form-pairs.ts';
import type { RequestView } from '../../plugin/plugin.ts';
import { readForm } from './body-changes.ts';
import { applyChanges, type RenderedChanges } from './change-set.ts';

/**
 * Changes the query string.
 *
 * @param form body whose fields become arguments, in place of those of the same names
 * @throws TooManyFields
 */
export function changeQuery(
  request: RequestView,
  changes: RenderedChanges | null,
  form: Uint8Array | null,
): void {
  if (form === null && (changes === null || (request.query === '' && !brings(changes)))) return;
  const pairs = FormPairs.read(request.query);
  if (form !== null) pairs.take(readForm(form));
  if (changes !== null) applyChanges(changes, pairs);
  const query = pairs.text();
  if (query !== null) request.setQuery(query);
}

/** Whether there is something afterwards where nothing was before. */
function brings({ add, append }: RenderedChanges): boolean {
  return add.length + append.length > 0;
}
