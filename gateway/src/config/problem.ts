/** Something wrong in a declarative file. */
export interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  /** The entity at fault, e.g. `service 'orders'`; absent when it is the document. */
  readonly entity?: string;
  /** What is wrong; starts with the field when it is one. */
  readonly message: string;
  /** The nearest right name. */
  readonly suggestion?: string;
  /** Right in Kong, but this version of Sluice cannot serve it. */
  readonly unsupported?: Unsupported;
}

/** What `sluice check --report` counts. */
export interface Unsupported {
  /** Kind of entity, the plugin, or `top level`: `services`, `plugin cors`. */
  readonly group: string;
  /** Dotted field; absent when it is the entity or plugin as a whole. */
  readonly field?: string;
  /** The value, where others of the field are served. */
  readonly value?: string;
  /** Kong has it in another edition only. */
  readonly otherEdition?: boolean;
  /** What comes closest here, as it is told. */
  readonly instead?: string | undefined;
}

/** One line for people: `file:line:column: entity: what is wrong (did you mean 'x'?)`. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, entity, message, suggestion } = problem;
  const where = entity === undefined ? '' : `${entity}: `;
  const hint = suggestion === undefined ? '' : ` (did you mean '${suggestion}'?)`;
  return `${file}:${line}:${column}: ${where}${message}${hint}`;
}
