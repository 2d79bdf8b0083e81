/** Who asks, as far as the Admin API knows. */
export interface Principal {
  /** Id of the token; null when the Admin API runs without authentication. */
  readonly tokenId: string | null;
  /** For the history of changes. */
  readonly name: string;
}

/** What somebody wants to do. */
export interface Action {
  readonly method: string;
  /** The endpoint, as in `Endpoint.path`. */
  readonly endpoint: string;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * The one place that decides who may do what. Every token is that of an administrator, who may do
 * everything.
 */
export function isAllowed(_principal: Principal, _action: Action): boolean {
  return true;
}
