import { readNamedFields } from '../../plugin/body/named-fields.ts';
import type { Exchange } from '../../plugin/plugin.ts';
import type { SessionConfig } from './schema.ts';

/** Whether a request asks to log out. */
export type LogoutCheck = (ex: Exchange) => boolean | Promise<boolean>;

export function logoutCheck(config: SessionConfig): LogoutCheck {
  const methods = new Set<string>(config.logout_methods ?? []);
  const { logout_query_arg: argument, logout_post_arg: field } = config;
  const inBody = config.read_body_for_logout === true && field !== null;

  return function asksToLogOut({ request }) {
    if (!methods.has(request.method)) return false;
    if (argument !== null && request.queryArgument(argument) !== undefined) return true;
    if (!inBody || !request.hasBody) return false;
    return readNamedFields(request).then((body) => (body?.values(field) ?? []).length > 0);
  };
}
