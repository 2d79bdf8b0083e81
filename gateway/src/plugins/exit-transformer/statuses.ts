/** The statuses of errors from one to another, both included. */
interface StatusRange {
  readonly from: number;
  readonly to: number;
}

const ONE = /^[45]\d\d$/;
const CLASS = /^([45])xx$/i;
const RANGE = /^([45]\d\d)-([45]\d\d)$/;

/** Why a text names no statuses of errors; undefined where it does. */
export function statusesProblem(text: string): string | undefined {
  if (statusRange(text) !== null) return undefined;
  return `'${text}' names no errors: write a status from 400 to 599 (404), a class (4xx) or a range (500-599)`;
}

/** Whether a status is one of those named by texts without a problem. */
export function statusTest(texts: readonly string[]): (status: number) => boolean {
  const ranges = texts.map(statusRange).filter((range) => range !== null);
  return (status) => ranges.some(({ from, to }) => status >= from && status <= to);
}

function statusRange(text: string): StatusRange | null {
  if (ONE.test(text)) return { from: Number(text), to: Number(text) };
  const [, digit] = CLASS.exec(text) ?? [];
  if (digit !== undefined) return { from: Number(digit) * 100, to: Number(digit) * 100 + 99 };
  const [, from, to] = RANGE.exec(text) ?? [];
  if (from === undefined || to === undefined || from > to) return null;
  return { from: Number(from), to: Number(to) };
}
