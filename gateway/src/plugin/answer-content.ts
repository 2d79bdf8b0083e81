/** What a body of JSON holds by name; null for a body of another kind. */
export type Members = Readonly<Record<string, unknown>>;

/** @param body UTF-8 where it is bytes */
export function membersOf(body: Uint8Array | string): Members | null {
  const text = textOf(body);
  // Whatever else there is, is no object: it need not be read to know that.
  if (!/^\s*\{/.test(text)) return null;
  try {
    return JSON.parse(text) as Members;
  } catch {
    return null;
  }
}

/**
 * What an answer says to people: the `message` of its JSON, or what stands there in place of one, or all
 * of a body of another kind. Where that comes to nothing it is the phrase of the status.
 *
 * @param phrase of the status, such as `Not Found`
 */
export function messageOf(
  body: Uint8Array | string,
  members: Members | null,
  phrase: string,
): string {
  return (members === null ? textOf(body) : messageAmong(members)) || phrase;
}

/** OAuth names it `error_description`; other answers have a text for each thing that is wrong. */
function messageAmong(members: Members): string {
  for (const name of ['message', 'error_description']) {
    const value = members[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return Object.entries(members)
    .filter(([, value]) => typeof value === 'string' && value !== '')
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(', ');
}

function textOf(body: Uint8Array | string): string {
  return typeof body === 'string' ? body : Buffer.from(body).toString();
}
