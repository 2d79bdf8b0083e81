import type { DeclaredFailure } from '../../../config/declared-failure.ts';
import { pathOf, type EntityNode } from '../../../config/node.ts';
import type { UnservableChange } from '../../../control/configuration.ts';
import { entityKey } from '../../../entities/schema/failure.ts';
import { luaLine } from '../../../entities/schema/lua-text.ts';
import type { AdminError } from '../../endpoint.ts';
import { kongError } from '../../errors/kong-errors.ts';
import { failureTree } from './failure-tree.ts';
import { flattenedErrors } from './flattened-errors.ts';

interface RefusalOptions {
  /** Tell what is wrong entity by entity, in place of the tree. */
  readonly flatten?: boolean;
  /** What may help, besides what Kong says. */
  readonly hint?: string | undefined;
}

/** Refuses a declarative document. */
export function declarativeError(
  failures: readonly DeclaredFailure[],
  { flatten = false, hint }: RefusalOptions = {},
): AdminError {
  const help = hint === undefined || hint === '' ? {} : { hint };
  if (!flatten) return refusal(failureTree(failures), help);
  const flattened = flattenedErrors(failures);
  const rest = failures.filter(({ node }) => node === undefined);
  // Lua writes an empty list as an empty table, and Kong's clients know.
  return refusal(failureTree(rest), {
    flattened_errors: flattened.length === 0 ? {} : flattened,
    ...help,
  });
}

/**
 * Refuses a document that is valid, but of which something cannot be served.
 *
 * @param nodes its entities; what is none of them is named by the id that it has in the store
 */
export function unservableDocument(
  { problems }: UnservableChange,
  nodes: readonly EntityNode[],
  options: RefusalOptions,
): AdminError {
  return declarativeError(
    problems.map(({ table, id, field, message }) => {
      const within = field === null ? [entityKey] : field.split('.');
      const node = nodes.find((each) => each.table === table && each.id === id);
      const at = node === undefined ? [table, id] : pathOf(node);
      return { stage: 'sluice', path: [...at, ...within], message, node, within };
    }),
    options,
  );
}

function refusal(fields: Readonly<Record<string, unknown>>, more: object): AdminError {
  const message = `declarative config is invalid: ${luaLine(fields)}`;
  return kongError(400, 14, 'invalid declarative configuration', message, { fields, ...more });
}
