/** Why a schema cannot be used, and where. */
export class SchemaProblem extends Error {
  /** @param at JSON pointer of the place in the schema or document; empty for the whole */
  constructor(at: string, message: string, cause?: unknown) {
    super(at === '' ? message : `at ${at}: ${message}`, { cause });
  }
}

/** A member of what a JSON pointer points at. */
export function below(at: string, member: string | number): string {
  return `${at}/${String(member).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
