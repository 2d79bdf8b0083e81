/** Whether no two items are the same value. Takes time in proportion to their size. */
export function areUnique(items: readonly unknown[]): boolean {
  const seen = new Set<unknown>();
  for (const item of items) {
    const key = typeof item === 'object' && item !== null ? canonical(item) : keyOf(item);
    if (seen.has(key)) return false;
    seen.add(key);
  }
  return true;
}

/** Texts are told from the canonical texts of objects. */
function keyOf(value: unknown): unknown {
  return typeof value === 'string' ? `"${value}` : value;
}

/** The same text for the same value, whatever the order of members. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`);
  return `{${members.join()}}`;
}
