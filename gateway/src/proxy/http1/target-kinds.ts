import { escapePath } from '../router/path.ts';
import { TARGET } from './characters.ts';

/** An octet of a target that is never decoded or escaped, and stands in no dot segment and no query. */
export const PLAIN = 1;
/** Any other octet of a target. */
const SPECIAL = 2;

/** `PLAIN` or `SPECIAL` for each octet that may stand in a request target; 0 for all others. */
export const TARGET_KIND = TARGET.map((allowed, code) => {
  if (allowed === 0) return 0;
  const char = String.fromCharCode(code);
  return '%.?'.includes(char) || escapePath(char) !== char ? SPECIAL : PLAIN;
});
