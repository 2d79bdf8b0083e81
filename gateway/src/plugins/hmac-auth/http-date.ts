const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const FORMS = [
  /^[A-Z][a-z]{2}, (?<day>\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^[A-Z][a-z]{5,8}, (?<day>\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\d{2}) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/,
];

/** Many requests come within one second. */
let lastText = '';
let lastSeconds: number | null = null;

/**
 * Reads a date in one of the three forms of HTTP (RFC 9110, 5.6.7).
 *
 * @returns seconds since the epoch, null for anything else
 */
export function readHttpDate(text: string): number | null {
  if (text === lastText) return lastSeconds;
  const seconds = parse(text);
  lastText = text;
  lastSeconds = seconds;
  return seconds;
}

function parse(text: string): number | null {
  for (const form of FORMS) {
    const parts = form.exec(text)?.groups;
    if (parts === undefined) continue;
    const { day = '', month = '', year = '', time = '' } = parts;
    const index = MONTHS.indexOf(month);
    const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
    // A leap second counts as the one before.
    if (index === -1 || hours > 23 || minutes > 59 || seconds > 60) return null;
    const date = new Date(0);
    date.setUTCFullYear(fullYear(Number(year), year.length), index, Number(day));
    // 31 June is no day.
    if (date.getUTCDate() !== Number(day)) return null;
    date.setUTCHours(hours, minutes, Math.min(seconds, 59));
    return date.getTime() / 1000;
  }
  return null;
}

/** A year of two digits lies within fifty years. */
function fullYear(year: number, digits: number): number {
  if (digits > 2) return year;
  const now = new Date().getUTCFullYear();
  const near = Math.floor(now / 100) * 100 + year;
  return near > now + 50 ? near - 100 : near;
}
