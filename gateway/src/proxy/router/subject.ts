import { RequestFacts } from './expressions/request-facts.ts';
import { headerText } from './header-criterion.ts';
import { isAscii } from './path.ts';
import type { PathPattern } from './path-pattern.ts';
import type { RouteQuery } from './router.ts';

const NO_VALUES: readonly string[] = [];

const NO_QUERY: RouteQuery = {
  method: '',
  scheme: 'http',
  host: '',
  port: 0,
  path: '',
  sni: '',
  foldedHeaderValues: () => NO_VALUES,
  search: '',
  clientIp: '',
  clientPort: 0,
  connection: { localAddress: '' },
};

/** The request being matched, with what was found out about it on the way. One per router, reused. */
export class Subject {
  query = NO_QUERY;
  path = '';
  /** The expression that matched last, and how much of the path. */
  pattern: PathPattern | null = null;
  matchedLength = 0;
  private ascii: boolean | null = null;
  private headerName = '';
  private headerLines: readonly string[] = NO_VALUES;
  private foundFacts: RequestFacts | null = null;

  begin(query: RouteQuery): void {
    this.query = query;
    this.path = query.path;
    this.ascii = null;
    this.headerName = '';
    this.pattern = null;
    this.foundFacts = null;
  }

  /** Lets go of the request: a router may live much longer than the last one it saw. */
  end(): void {
    this.query = NO_QUERY;
    this.foundFacts = null;
  }

  /** The same for all expressions that are tried on the request. */
  get facts(): RequestFacts {
    return (this.foundFacts ??= new RequestFacts(this.query));
  }

  /** Keeps what of the path led to a route. */
  keep(matchedLength: number, pattern: PathPattern | null): void {
    this.matchedLength = matchedLength;
    this.pattern = pattern;
  }

  /** Values of a field as `headerText` gives them; `name` is folded. */
  header(name: string): readonly string[] {
    if (this.headerName === name) return this.headerLines;
    const values = this.query.foldedHeaderValues(name);
    this.headerName = name;
    this.headerLines = values.length === 0 ? NO_VALUES : values.map(headerText);
    return this.headerLines;
  }

  /** Whether one of the expressions matches the path; the first that does is kept. */
  matchesAny(patterns: readonly PathPattern[]): boolean {
    this.ascii ??= isAscii(this.path);
    for (const pattern of patterns) {
      const length = pattern.matchLength(this.path, this.ascii);
      if (length === -1) continue;
      this.pattern = pattern;
      this.matchedLength = length;
      return true;
    }
    return false;
  }
}
