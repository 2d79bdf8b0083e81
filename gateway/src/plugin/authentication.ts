import { fieldValue } from './header-line.ts';
import type { Exchange, PluginEnv } from './plugin.ts';

/** Why a request did not prove who sent it, and what its sender is told. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  /** `WWW-Authenticate`, for one. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * `negotiated` answers in the form that the client accepts, with the request id; `plain` always
   * answers `{"message": …}`. Which one a plugin uses is part of its compatibility.
   */
  readonly body: 'negotiated' | 'plain';
  /** What a plain answer says in place of `{"message": …}`. */
  readonly details?: Readonly<Record<string, string>>;
  /** What the answer consists of in place of all that. */
  readonly content?: { readonly type: string; readonly bytes: Uint8Array };
}

/**
 * Looks for proof of identity in a request. Having found it, calls `ex.authenticate` and returns
 * null; otherwise returns why not. Gives a promise only where it really has to wait.
 */
export type Verifier = (ex: Exchange) => Refusal | null | Promise<Refusal | null>;

export interface AuthenticationOptions {
  readonly verify: Verifier;
  /** Id or username of the consumer that a request without valid proof goes on as. */
  readonly anonymous: string | null | undefined;
  /** False lets `OPTIONS` requests pass without proof. True when absent. */
  readonly runOnPreflight?: boolean;
  readonly env: PluginEnv;
}

const UNEXPECTED = 'An unexpected error occurred';

/**
 * Makes the access handler of an authentication plugin. All of them share what happens around the
 * proof itself:
 *
 * - without `anonymous` every such plugin of a route must be satisfied (AND): the first that is not
 *   answers;
 * - with `anonymous` one is enough (OR): a plugin is skipped once another has found a credential,
 *   and a request that satisfies none goes on as the anonymous consumer.
 */
export function authentication(
  options: AuthenticationOptions,
): (ex: Exchange) => void | Promise<void> {
  const { verify, env } = options;
  const anonymous = options.anonymous ?? null;
  const onPreflight = options.runOnPreflight ?? true;

  function finish(ex: Exchange, refusal: Refusal | null): void {
    // Reading the body may have ended the exchange, e.g. because it is too long.
    if (refusal === null || ex.answered) return;
    if (anonymous === null) refuse(ex, refusal);
    else goOnAsAnonymous(ex, anonymous, env);
  }

  return function authenticate(ex) {
    if (!onPreflight && ex.request.method === 'OPTIONS') return;
    if (anonymous !== null && ex.credential !== null) return;
    const result = verify(ex);
    if (result === null) return;
    if (result instanceof Promise) return result.then((refusal) => finish(ex, refusal));
    finish(ex, result);
  };
}

/** The value of `WWW-Authenticate` for a scheme, with the realm where there is one. */
export function challenge(scheme: string, realm: string | null | undefined): string {
  if (realm === null || realm === undefined) return scheme;
  return `${scheme} realm="${fieldValue(realm).replace(/["\\]/g, '\\$&')}"`;
}

function refuse(ex: Exchange, refusal: Refusal): void {
  const { status, message, headers, details, content } = refusal;
  if (content !== undefined) {
    ex.respond(status, content.bytes, { ...headers, 'Content-Type': content.type });
  } else if (refusal.body === 'plain') ex.respond(status, details ?? { message }, headers);
  else ex.error(status, message, headers);
}

function goOnAsAnonymous(ex: Exchange, idOrName: string, env: PluginEnv): void {
  const consumer = env.directory.consumerByIdOrName(idOrName);
  if (consumer !== undefined) {
    ex.authenticateAnonymous(consumer);
    return;
  }
  env.log.error(`anonymous consumer ${idOrName} is configured but doesn't exist`, {
    help: 'Create the consumer, or correct "anonymous" in the configuration of the plugin.',
  });
  ex.error(500, UNEXPECTED);
}

const groupsKey = Symbol('authenticated groups');

/**
 * Notes groups that an authentication plugin learnt from elsewhere than the gateway's consumers,
 * such as a directory service or a claim of a token. Access control may go by them.
 */
export function setAuthenticatedGroups(ex: Exchange, groups: readonly string[]): void {
  ex.setState(groupsKey, groups);
}

/** What `setAuthenticatedGroups` noted for this exchange. */
export function authenticatedGroups(ex: Exchange): readonly string[] | undefined {
  return ex.state(groupsKey) as readonly string[] | undefined;
}
