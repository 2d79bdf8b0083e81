import type { Caveat } from '../config/caveats/caveat.ts';
import type { Problem, Unsupported } from '../config/problem.ts';

/** A line of the report. */
interface Entry {
  readonly subject: string;
  readonly count: number;
  readonly note: string;
}

/** What was found in all files together. */
export interface Findings {
  readonly files: number;
  readonly unreadable: number;
  /** Whether everything in them was looked at. */
  readonly isWhole: boolean;
  readonly problems: readonly Problem[];
  readonly caveats: readonly Caveat[];
  /** Whether they are to be stored, and not served as they are. */
  readonly forStore: boolean;
}

/**
 * What files use of Kong and Sluice does not have or does not do in full, with counts, and whether
 * they can be served.
 */
export function checkReport({
  files,
  unreadable,
  isWhole,
  problems,
  caveats,
  forStore,
}: Findings): string {
  const used = problems.flatMap(({ unsupported }) => unsupported ?? []);
  return [
    ...section(
      'Not supported yet:',
      counted(used.filter(({ otherEdition }) => otherEdition !== true)),
    ),
    ...section(
      "Not part of Kong's open-source edition, to be removed:",
      counted(used.filter(({ otherEdition }) => otherEdition === true)),
    ),
    ...section('Accepted, without full effect:', merged(caveats)),
    verdict(used.length, problems.length - used.length + unreadable, {
      from: `${files === 1 ? 'it' : 'some of it'} from being ${forStore ? 'stored' : 'served'}`,
      isWhole,
    }),
    '',
  ].join('\n');
}

function section(heading: string, entries: readonly Entry[]): string[] {
  if (entries.length === 0) return [];
  const width = Math.max(...entries.map(({ count }) => String(count).length));
  const lines = entries
    .toSorted((a, b) => (a.subject < b.subject ? -1 : 1))
    .map(({ subject, count, note }) => `  ${String(count).padStart(width)} × ${subject}${note}`);
  return [heading, ...lines];
}

function counted(used: readonly Unsupported[]): Entry[] {
  const bySubject = Map.groupBy(used, subjectOf);
  return [...bySubject].map(([subject, same]) => {
    const instead = same[0]?.instead;
    const note = instead === undefined ? '' : ` (${instead})`;
    return { subject, count: same.length, note };
  });
}

/** `routes.protocols: tcp`, `plugin cors`, `top level: _konnect`. */
function subjectOf({ group, field, value }: Unsupported): string {
  if (field === undefined) return group;
  const separator = group.includes(' ') ? ': ' : '.';
  return `${group}${separator}${field}${value === undefined ? '' : `: ${value}`}`;
}

/** The same caveat of several files is one line. */
function merged(caveats: readonly Caveat[]): Entry[] {
  return [...Map.groupBy(caveats, ({ subject }) => subject)].map(([subject, same]) => ({
    subject,
    count: same.reduce((sum, { count }) => sum + count, 0),
    note: ` (${same[0]?.effect ?? ''})`,
  }));
}

function verdict(
  unsupported: number,
  others: number,
  { from, isWhole }: { readonly from: string; readonly isWhole: boolean },
): string {
  if (unsupported > 0) {
    const keep = others === 0 ? 'keeps' : `and ${countOf(others)} keep`;
    const more = isWhole ? '' : ' There may be more: not all of it could be looked at.';
    return `What is not supported ${keep} ${from}.${more}`;
  }
  if (others === 0) return 'Nothing here is unsupported.';
  const keep = `${countOf(others)} ${others === 1 ? 'keeps' : 'keep'} ${from}`;
  if (isWhole) return `Nothing here is unsupported, but ${keep}.`;
  const more = 'not all of it could be looked at, so it may use what is not supported';
  return `${keep}, and ${more}.`;
}

/** `1 problem`, `2 problems`. */
export function countOf(problems: number): string {
  return `${problems} ${problems === 1 ? 'problem' : 'problems'}`;
}
