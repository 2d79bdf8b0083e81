/** What is wrong with an expression, and where. */
export class ExpressionError extends Error {
  /**
   * @param text the whole expression
   * @param at where in it, in characters
   * @param problem one line
   */
  constructor(text: string, at: number, problem: string) {
    super(pointAt(text, at, problem));
    this.name = 'ExpressionError';
  }
}

/** The line that is wrong with a mark under the place, as Kong shows it. */
function pointAt(text: string, at: number, problem: string): string {
  const before = text.slice(0, at);
  const start = before.lastIndexOf('\n') + 1;
  const line = before.split('\n').length;
  const end = text.indexOf('\n', at);
  const shown = text.slice(start, end === -1 ? undefined : end);
  const column = at - start + 1;
  const margin = ' '.repeat(String(line).length);
  return [
    `${margin}--> ${line}:${column}`,
    `${margin} |`,
    `${line} | ${shown}`,
    `${margin} | ${' '.repeat(column - 1)}^---`,
    `${margin} |`,
    `${margin} = ${problem}`,
  ].join('\n');
}
