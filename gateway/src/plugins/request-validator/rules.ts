import type { Validator } from './json-schema/compiler.ts';
import type { MediaType } from './values/media-types.ts';
import type { ParameterForm } from './values/parameter.ts';
import type { Shape } from './values/shape.ts';

/** What one parameter has to be. */
export interface ParameterRule {
  readonly form: ParameterForm;
  readonly required: boolean;
  /** The text of the parameter is JSON. */
  readonly isJson: boolean;
  /** Compiled when it is first called. */
  readonly validate: Validator;
}

/** What bodies of some media types have to be. */
export interface ContentRule {
  readonly range: MediaType;
  readonly shape: Shape;
  /** Null where any body will do. */
  readonly validate: Validator | null;
}

export interface BodyRule {
  readonly required: boolean;
  readonly contents: readonly ContentRule[];
  /** Status for other media types. */
  readonly otherTypes: 400 | 415;
}

/** What a request has to be. */
export interface RequestRules {
  readonly parameters: readonly ParameterRule[];
  /** Null where bodies are not looked at. */
  readonly body: BodyRule | null;
}

/** A validator that is compiled when it is first needed, or at once by `prepare`. */
export function lazily(compile: () => Validator): Validator & { readonly prepare: () => void } {
  let compiled: Validator | null = null;
  const prepare = (): Validator => (compiled ??= compile());
  return Object.assign((value: unknown, most: number) => prepare()(value, most), { prepare });
}
