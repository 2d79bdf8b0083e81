import { f } from '../../schema/field.ts';
import { pair } from './fields.ts';

export const texts = f.array(f.string(), { required: true, default: [] });
export const pairs = f.array(pair, { required: true, default: [] });

const headerPair = f.string({ check: (text) => pair.check(text) ?? headersOf(text, false) });
const headerRename = f.string({ check: (text) => pair.check(text) ?? headersOf(text, true) });

/** `name:value` of headers. */
export const headerPairs = f.array(headerPair, { required: true, default: [] });
/** `old:new` names of headers. */
export const headerRenames = f.array(headerRename, { required: true, default: [] });

function headersOf(text: string, both: boolean): string | undefined {
  const colon = text.indexOf(':');
  const names = both ? [text.slice(0, colon), text.slice(colon + 1)] : [text.slice(0, colon)];
  const wrong = names.find((name) => !/^[\w-]+$/.test(name));
  return wrong === undefined ? undefined : `'${wrong}' is not a valid header`;
}
