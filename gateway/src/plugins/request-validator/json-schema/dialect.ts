/** Kinds of JSON Schema; those of OpenAPI differ in a few keywords. */
export type Dialect =
  'draft4' | 'draft7' | 'draft201909' | 'draft202012' | 'openapi3.0' | 'openapi3.1';

/** The drafts as whose schemas the others are read. */
export type Draft = 'draft7' | 'draft201909' | 'draft202012';

export function draftOf(dialect: Dialect): Draft {
  if (dialect === 'draft4' || dialect === 'openapi3.0') return 'draft7';
  return dialect === 'openapi3.1' ? 'draft202012' : dialect;
}

/** Whether limits are made exclusive by a boolean beside them. */
export function hasBooleanLimits(dialect: Dialect): boolean {
  return dialect === 'draft4' || dialect === 'openapi3.0';
}

/** Whether everything beside a `$ref` is to be passed over. */
export function refStandsAlone(dialect: Dialect): boolean {
  return dialect === 'draft4' || dialect === 'draft7' || dialect === 'openapi3.0';
}

export function isOpenApi(dialect: Dialect): boolean {
  return dialect.startsWith('openapi');
}
