/** What expressions can ask of: requests or connections. */
export type Subsystem = 'http' | 'stream';

export type FieldType = 'text' | 'integer' | 'address';

/** Fields that both have. */
const common: Readonly<Record<string, FieldType>> = {
  'net.protocol': 'text',
  'net.src.ip': 'address',
  'net.src.port': 'integer',
  'net.dst.ip': 'address',
  'net.dst.port': 'integer',
  'tls.sni': 'text',
};

const ofRequests: Readonly<Record<string, FieldType>> = {
  'http.method': 'text',
  'http.host': 'text',
  'http.path': 'text',
  'http.path.segments.len': 'integer',
};

export const HEADERS = 'http.headers.';
export const QUERIES = 'http.queries.';
export const SEGMENTS = 'http.path.segments.';

/** One segment of a path, or several in a row, counted from 0. */
const SEGMENT_RANGE = /^(\d{1,5})(?:_(\d{1,5}))?$/;

/** The type of a field; undefined when there is none of this name. */
export function fieldType(field: string, subsystem: Subsystem): FieldType | undefined {
  if (Object.hasOwn(common, field)) return common[field];
  if (subsystem === 'stream') return undefined;
  if (Object.hasOwn(ofRequests, field)) return ofRequests[field];
  const isNamed =
    (field.startsWith(HEADERS) && field.length > HEADERS.length) ||
    (field.startsWith(QUERIES) && field.length > QUERIES.length) ||
    segmentRange(field) !== null;
  return isNamed ? 'text' : undefined;
}

/** The first and the last segment that a field names; null when it names none. */
export function segmentRange(field: string): { first: number; last: number } | null {
  if (!field.startsWith(SEGMENTS)) return null;
  const found = SEGMENT_RANGE.exec(field.slice(SEGMENTS.length));
  if (found === null) return null;
  const first = Number(found[1]);
  const last = Number(found[2] ?? found[1]);
  return first <= last ? { first, last } : null;
}
