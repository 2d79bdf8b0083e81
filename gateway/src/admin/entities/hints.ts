import { unknownPlugin } from '../../config/unsupported/unknown-plugin.ts';
import type { PluginSchemas } from '../../entities/plugin.ts';
import { remedyFor } from '../../entities/remedy.ts';
import type { Failure } from '../../entities/schema/failure.ts';
import type { TableName } from '../../entities/tables.ts';
import type { Values } from './context.ts';

/**
 * What Kong says of a refused entity stays as it is; what helps stands beside it.
 *
 * @returns nothing, or a `hint` for the error
 */
export function hintFor(
  table: TableName,
  input: Values,
  plugins: PluginSchemas,
  failures: readonly Failure[],
): { readonly hint?: string } {
  const { name } = input;
  const isUnknown =
    table === 'plugins' && typeof name === 'string' && name !== '' && !plugins.has(name);
  const hints = isUnknown
    ? [pluginHint(name, plugins)]
    : [...fieldHints(failures), ...remedies(table, input, failures), ...tagsHint(failures, input)];
  return hints.length === 0 ? {} : { hint: hints.join(' ') };
}

function pluginHint(name: string, plugins: PluginSchemas): string {
  const { message, suggestion } = unknownPlugin(name, plugins);
  const meant = suggestion === undefined ? '' : `; did you mean '${suggestion}'?`;
  return `${message}${meant} (GET /plugins/enabled lists those that there are)`;
}

function fieldHints(failures: readonly Failure[]): string[] {
  return failures.flatMap(({ path, suggestion }) => {
    if (suggestion === undefined) return [];
    const meant = [...path.slice(0, -1), suggestion].join('.');
    return [`there is no field '${path.join('.')}'; did you mean '${meant}'?`];
  });
}

function remedies(table: TableName, input: Values, failures: readonly Failure[]): string[] {
  return failures.flatMap((failure) => {
    const field = String(failure.path[0]);
    const remedy = remedyFor(table, failure, input[field]);
    return remedy === undefined ? [] : [`${field}: ${remedy}.`];
  });
}

/** A form's `tags=x,y` is one tag to Kong, which may have no comma in it. */
function tagsHint(failures: readonly Failure[], { tags }: Values): string[] {
  const isJoined =
    Array.isArray(tags) && tags.some((tag) => typeof tag === 'string' && tag.includes(','));
  if (!isJoined || !failures.some(({ path }) => path[0] === 'tags')) return [];
  return ['several tags are ["x", "y"] in JSON, tags[]=x&tags[]=y in a form'];
}
