import type { PathPattern } from '../path-pattern.ts';

/**
 * What expressions ask of a request or a connection. Texts are as on the wire: bytes, one character
 * each. What there is none of is empty, or null where it could be empty as well.
 */
export interface Facts {
  readonly protocol: string;
  /** Lower-case. */
  readonly sni: string;
  readonly sourceIp: string;
  readonly sourcePort: number;
  readonly destinationIp: string;
  readonly destinationPort: number;
  readonly method: string;
  /** Lower-case, without port. */
  readonly host: string;
  /** Normalised. */
  readonly path: string;
  /** Parts of the path between slashes, without empty ones. */
  readonly segments: readonly string[];
  /** Values of a field, one entry a line. @param name folded: lower-case, `-` for `_` */
  headerValues(name: string): readonly string[];
  /** Values of an argument of the query, decoded. */
  argumentValues(name: string): readonly string[];
  /**
   * Keeps which part of the path led here; what is kept last counts.
   *
   * @param length characters from its start
   * @param pattern the regular expression that matched, or null
   */
  keepMatch(length: number, pattern: PathPattern | null): void;
}

export type Condition = (facts: Facts) => boolean;
