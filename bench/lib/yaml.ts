/** A document as YAML in block style, the way people and decK write it. */
export function toYaml(value: unknown, indent = ''): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return value.map((item) => `\n${indent}- ${toYaml(item, `${indent}  `).trimStart()}`).join('');
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) return '{}';
    return entries
      .map(([key, item]) => {
        const text = toYaml(item, `${indent}  `);
        return `\n${indent}${key}:${text.startsWith('\n') ? '' : ' '}${text}`;
      })
      .join('');
  }
  return JSON.stringify(value);
}
