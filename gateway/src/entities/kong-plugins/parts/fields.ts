import { headerName, host, httpMethod, matching, url } from '../../schema/checks.ts';
import { f, type EntityCheck, type Match } from '../../schema/field.ts';

/** Fields that several plugins have, with their rules. */

const port = f.integer({ between: [0, 65_535] });

export const hostField = f.string({ check: host });
export const portField = port;
export const urlField = f.string({ check: url });
export const methodField = f.string({ check: httpMethod });
export const headerNameField = f.string({ check: headerName });

/** A time in ms as sockets take it. */
export function timeout(ms: number) {
  return f.integer({ default: ms, between: [0, 2_147_483_646] });
}

export const flag = (value: boolean) => f.boolean({ required: true, default: value });
export const optionalFlag = (value: boolean) => f.boolean({ default: value });

/** `name:value`, in the name of nothing but these two. */
export const pair = f.string({ check: matching(/^[^:]+:.*$/s) });

const severities = ['debug', 'info', 'notice', 'warning', 'err', 'crit', 'alert', 'emerg'] as const;
export const severity = f.string({ default: 'info', one_of: severities });
export const requiredSeverity = f.string({ ...severity, required: true });

/** A rule that asks for `then_field` when a field has a value. */
export function needs(if_field: string, value: string, then_field: string): EntityCheck {
  return when(if_field, { eq: value }, then_field, { required: true });
}

export function when(
  if_field: string,
  if_match: Match,
  then_field: string,
  then_match: Match,
  then_err?: string,
): EntityCheck {
  return {
    conditional: {
      if_field,
      if_match,
      then_field,
      then_match,
      ...(then_err === undefined ? {} : { then_err }),
    },
  };
}
