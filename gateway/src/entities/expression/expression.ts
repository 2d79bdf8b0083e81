/** A condition on a request or a connection, in the language of Kong's `expressions` router. */
export type Expression =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly part: Expression }
  | Predicate;

export type Operator =
  '==' | '!=' | '~' | '^=' | '=^' | '>=' | '>' | '<=' | '<' | 'in' | 'not in' | 'contains';

/** A field compared with a literal. */
export interface Predicate {
  readonly kind: 'predicate';
  /** As it is written, such as `http.path`. */
  readonly field: string;
  /** Of its values in lower case. */
  readonly lower: boolean;
  /** It holds when it does for one of several values; otherwise it must for all. */
  readonly any: boolean;
  readonly operator: Operator;
  readonly literal: Literal;
  /** Where the field and the literal begin, in characters of the text. */
  readonly at: number;
  readonly literalAt: number;
}

export type Literal =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'integer'; readonly number: number }
  | { readonly type: 'address'; readonly address: string }
  /** An address with the number of bits that count. */
  | { readonly type: 'block'; readonly block: string };
