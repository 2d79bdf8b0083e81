import { ToolUseError } from '../support/tool-options.ts';

/** Parts of the load that can be left out, to see which of them a leak comes with. */
export const PARTS = [
  'tls',
  'http2',
  'reloads',
  'uploads',
  'slow',
  'aborts',
  'tunnels',
  'failures',
] as const;

export type Part = (typeof PARTS)[number];

/** Reads what `--without` names, such as `tls,reloads`. @throws ToolUseError that says what there is */
export function readParts(text: string): ReadonlySet<Part> {
  const names = text.split(',').filter((name) => name !== '');
  return new Set(
    names.map((name) => {
      const part = PARTS.find((known) => known === name);
      if (part === undefined)
        throw new ToolUseError(`--without takes some of ${PARTS.join()}, not ${name}`);
      return part;
    }),
  );
}
