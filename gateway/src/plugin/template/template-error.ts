/** A template that is wrong as it is written. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  /** Index of the character that is wrong, from 0. */
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** A template that cannot be filled in for one request, such as a text with nothing joined to it. */
export class RenderError extends Error {
  override readonly name = 'RenderError';
  /** A value is not there that is for another request. */
  readonly isMissing: boolean;
  /** The variables that the template reads. */
  readonly reads: ReadonlySet<string>;

  constructor(message: string, isMissing = false, reads: ReadonlySet<string> = new Set()) {
    super(message);
    this.isMissing = isMissing;
    this.reads = reads;
  }
}
