import { claimAt, namesIn } from '../../plugin/jose/claim-values.ts';
import type { Claims } from '../../plugin/jose/token.ts';
import type { OpenidConfig } from './schema/schema.ts';

/** What claims must hold. */
interface Requirement {
  /** For whoever is refused: `scope`, `group`, … */
  readonly what: string;
  readonly claim: readonly string[];
  /** One of these is enough: as it stands, or every word of it. */
  readonly alternatives: readonly string[];
}

/**
 * Tells what claims lack.
 *
 * @returns in a few words; null when they lack nothing
 */
export type Requirements = (claims: Claims) => string | null;

/**
 * The claims of an id token with the scopes that were granted along with it, which providers say beside
 * it: they are found where those of a bearer token are.
 */
export function withScope(
  claims: Claims,
  scope: string,
  { scopes_claim: path }: OpenidConfig,
): Claims {
  const [name = 'scope', ...below] = path ?? [];
  return below.length > 0 || Object.hasOwn(claims, name) ? claims : { ...claims, [name]: scope };
}

/** What the claims of whoever has authenticated must hold, by whatever way. */
export function requirements(config: OpenidConfig): Requirements {
  return allOf([
    requirement('scope', config.scopes_claim, config.scopes_required),
    requirement('group', config.groups_claim, config.groups_required),
    requirement('role', config.roles_claim, config.roles_required),
  ]);
}

/** For whom bearer tokens must be. */
export function audienceRequirement(config: OpenidConfig): Requirements {
  const { audience_required: required, bearer_any_audience: any } = config;
  const wanted = required ?? (any ? null : config.client_id);
  return allOf([requirement('audience', config.audience_claim, wanted)]);
}

function requirement(
  what: string,
  claim: readonly string[] | null,
  required: readonly string[] | null,
): Requirement[] {
  if (required === null) return [];
  return [{ what, claim: claim ?? [], alternatives: required }];
}

function allOf(lists: readonly Requirement[][]): Requirements {
  const all = lists.flat();
  return function lackingIn(claims) {
    for (const { what, claim, alternatives } of all) {
      const held = new Set(namesIn(claimAt(claims, claim)));
      const isMet = alternatives.some(
        (entry) => held.has(entry) || namesIn(entry).every((word) => held.has(word)),
      );
      if (!isMet) return `the ${what} that is needed is missing`;
    }
    return null;
  };
}
