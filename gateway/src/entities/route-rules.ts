import { expressionProblem } from './expression/judge-expression.ts';
import { protocolNames } from './schema/common-fields.ts';
import { invalidRegex } from './schema/checks.ts';
import type { CheckFailure, EntityCheck } from './schema/field.ts';

type Values = Readonly<Record<string, unknown>>;

/** Protocols of one route must come from one of these. */
const families = [
  ['http', 'https'],
  ['tcp', 'tls', 'udp'],
  ['tls_passthrough'],
  ['grpc', 'grpcs'],
] as const;

/** The list of protocols decides which fields apply, so it is judged as a whole. */
export function routeProtocols(protocols: readonly unknown[]): string | undefined {
  if (protocols.length === 0) return 'unknown type: nil';
  const unknown = protocols.find((name) => !(protocolNames as readonly unknown[]).includes(name));
  if (unknown !== undefined) {
    return typeof unknown === 'string' ? `unknown type: ${unknown}` : undefined;
  }
  const used = families.filter((family) => family.some((name) => protocols.includes(name)));
  if (used.length < 2) return undefined;
  const sets = used.map((family) => `(${quoted(family)})`).join(', ');
  return `these sets are mutually exclusive: ${sets}`;
}

/** Fields that each say something about what a request or stream has to be like. */
const criteria = ['methods', 'hosts', 'paths', 'headers', 'snis', 'sources', 'destinations'];

/** Fields that a family of protocols has no use for. */
const forbidden = {
  http: { fields: ['sources', 'destinations'], when: "'http' or 'https'" },
  grpc: { fields: ['methods', 'sources', 'destinations'], when: "'grpc' or 'grpcs'" },
  stream: {
    fields: ['methods', 'hosts', 'paths', 'headers'],
    when: "'tcp', 'tls', 'tls_passthrough' or 'udp'",
  },
} as const;

function familyOf(record: Values): keyof typeof forbidden | undefined {
  const first: unknown = Array.isArray(record.protocols) ? record.protocols[0] : undefined;
  if (first === 'http' || first === 'https') return 'http';
  if (first === 'grpc' || first === 'grpcs') return 'grpc';
  return (protocolNames as readonly unknown[]).includes(first) ? 'stream' : undefined;
}

function forbids(field: string): EntityCheck {
  return {
    reads: [field],
    custom: function forbiddenField(record): CheckFailure | undefined {
      const family = familyOf(record);
      if (family === undefined || record[field] == null) return undefined;
      const { fields, when } = forbidden[family];
      if (!(fields as readonly string[]).includes(field)) return undefined;
      return { field, message: `cannot set '${field}' when 'protocols' is ${when}` };
    },
  };
}

const noStripForGrpc: EntityCheck = {
  reads: ['strip_path'],
  custom: (record) =>
    familyOf(record) === 'grpc' && record.strip_path === true
      ? {
          field: 'strip_path',
          message: "cannot set 'strip_path' when 'protocols' is 'grpc' or 'grpcs'",
        }
      : undefined,
};

/** A route without any matcher would catch everything by accident. */
const mustMatchSomething: EntityCheck = {
  reads: ['protocols'],
  custom: function mustMatch(record): CheckFailure | undefined {
    const protocols = record.protocols as readonly string[];
    const need = matchersFor(protocols);
    if (isFilled(record.expression)) return undefined;
    if (need === undefined || need.fields.some((field) => isFilled(record[field])))
      return undefined;
    const what =
      need.fields.length === 1
        ? `must set ${need.fields.join()}`
        : `must set one of ${quoted(need.fields)}`;
    return { message: `${what} when 'protocols' is ${need.when}` };
  },
};

function matchersFor(
  protocols: readonly string[],
): { fields: readonly string[]; when: string } | undefined {
  if (protocols.includes('https')) {
    return { fields: ['methods', 'hosts', 'headers', 'paths', 'snis'], when: "'https'" };
  }
  if (protocols.includes('http')) {
    return { fields: ['methods', 'hosts', 'headers', 'paths'], when: "'http'" };
  }
  if (protocols.includes('grpcs')) {
    return { fields: ['hosts', 'headers', 'paths', 'snis'], when: "'grpcs'" };
  }
  if (protocols.includes('grpc')) return { fields: ['hosts', 'headers', 'paths'], when: "'grpc'" };
  if (protocols.includes('tls_passthrough')) return { fields: ['snis'], when: "'tls_passthrough'" };
  return { fields: ['sources', 'destinations', 'snis'], when: "'tcp', 'tls' or 'udp'" };
}

/** A header value that starts with `~*` is an expression. */
const headerPatterns: EntityCheck = {
  reads: ['headers'],
  custom: function headerPattern(record): CheckFailure | undefined {
    const headers = (record.headers ?? {}) as Readonly<Record<string, readonly string[]>>;
    for (const value of Object.values(headers).flat()) {
      const message = value.startsWith('~*') ? invalidRegex(value.slice(2)) : undefined;
      if (message !== undefined) return { field: 'headers', message };
    }
    return undefined;
  },
};

/** An expression says all that a request has to be like. */
const expressionAlone: EntityCheck = {
  reads: ['expression', ...criteria],
  unpublished: true,
  custom: function expressionAlone(record): CheckFailure | undefined {
    if (!isFilled(record.expression)) return undefined;
    const field = criteria.find((name) => isFilled(record[name]));
    if (field === undefined) return undefined;
    return { field, message: `cannot set '${field}' when 'expression' is set` };
  },
};

const validExpression: EntityCheck = {
  reads: ['expression', 'protocols'],
  unpublished: true,
  custom: function validExpression(record): CheckFailure | undefined {
    const { expression } = record;
    if (typeof expression !== 'string') return undefined;
    const subsystem = familyOf(record) === 'stream' ? 'stream' : 'http';
    const problem = expressionProblem(expression, subsystem);
    if (problem === undefined) return undefined;
    return { message: `Router Expression failed validation: ${problem}` };
  },
};

export const routeChecks: readonly EntityCheck[] = [
  {
    conditional: {
      if_field: 'protocols',
      if_match: { elements: { not_one_of: ['grpcs', 'https', 'tls', 'tls_passthrough'] } },
      then_field: 'snis',
      then_match: { len_eq: 0 },
      then_err:
        "'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'",
    },
  },
  ...['sources', 'destinations', 'methods', 'hosts', 'paths', 'headers'].map(forbids),
  noStripForGrpc,
  headerPatterns,
  mustMatchSomething,
  expressionAlone,
  validExpression,
];

function isFilled(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}
