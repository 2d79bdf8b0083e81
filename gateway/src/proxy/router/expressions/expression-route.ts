import { parseExpression } from '../../../entities/expression/parse-expression.ts';
import type { RouteRecord } from '../../../snapshot/records.ts';
import type { Draft } from '../draft.ts';
import { HeaderCriterion } from '../header-criterion.ts';
import type { RouterInput } from '../router.ts';
import type { Subject } from '../subject.ts';
import { SubRoute, type Rank } from '../sub-route.ts';
import { compileExpression } from './compile-expression.ts';
import type { Condition } from './facts.ts';
import { needsOf, type Needs } from './needs.ts';

/** Above every weight that criteria of other routes add up to. */
const EXPRESSION_WEIGHT = 2 ** 20;

const EVERY_PATH = [''];

/** A route whose expression decides alone. What it needs at least is only how it is found. */
class ExpressionRoute<T> extends SubRoute<T> {
  readonly #condition: Condition;
  /** Schemes in which it is served. */
  readonly #schemes: ReadonlySet<string>;

  constructor(
    target: T,
    route: RouteRecord,
    rank: Rank,
    { methods, header }: Needs,
    condition: Condition,
  ) {
    const criteria = {
      methods,
      headers: header === null ? null : [new HeaderCriterion(header.name, header.values)],
      snis: null,
      isExpression: true,
    } as const;
    super(target, rank, { routeId: route.id.toLowerCase(), isAll: true }, 0, null, criteria);
    this.#condition = condition;
    this.#schemes = schemesOf(route.protocols);
  }

  override accepts(subject: Subject): boolean {
    if (!this.#schemes.has(subject.query.scheme)) return false;
    const { facts } = subject;
    facts.keepMatch(0, null);
    if (!this.#condition(facts)) return false;
    subject.keep(facts.matchedLength, facts.pattern);
    return true;
  }
}

/**
 * Where requests have to come by. A route for TLS alone is found without it as well, so that its
 * clients can be told; one for plain text alone is not found with TLS.
 */
function schemesOf(protocols: readonly string[]): ReadonlySet<string> {
  if (protocols.length === 1 && protocols[0] === 'https') return new Set(['http', 'https']);
  return new Set(
    protocols.map((protocol) => (/^(https|grpcs)$/.test(protocol) ? 'https' : 'http')),
  );
}

/**
 * A route with an expression, and where in the router it is found.
 *
 * @param text checked when the route was
 */
export function expressionDraft<T>({ route, target }: RouterInput<T>, text: string): Draft<T> {
  const expression = parseExpression(text);
  const needs = needsOf(expression);
  const rank = { weight: EXPRESSION_WEIGHT, order: route.priority ?? 0 };
  return {
    subRoute: new ExpressionRoute(target, route, rank, needs, compileExpression(expression)),
    hosts: needs.hosts,
    prefixes: needs.prefixes ?? EVERY_PATH,
  };
}
