/** Rows of text under a head; columns of numbers stand right. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** For the screen. */
export function toText({ head, rows }: Table): string {
  const layout = layoutOf({ head, rows });
  const line = (cells: readonly string[]): string => layout.pad(cells).join('  ').trimEnd();
  return [line(head), layout.widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)]
    .join('\n')
    .concat('\n');
}

/** For a document, laid out as prettier does it. */
export function toMarkdown({ head, rows }: Table): string {
  const layout = layoutOf({ head, rows }, 3);
  const line = (cells: readonly string[]): string => `| ${layout.pad(cells).join(' | ')} |`;
  const rule = layout.widths.map((width, column) =>
    layout.right[column] === true ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n').concat('\n');
}

function layoutOf({ head, rows }: Table, least = 0) {
  const widths = head.map((title, column) =>
    Math.max(least, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const right = head.map(
    (_, column) => rows.length > 0 && rows.every((row) => isNumber(row[column])),
  );
  const pad = (cells: readonly string[]): string[] =>
    widths.map((width, column) => {
      const cell = cells[column] ?? '';
      return right[column] === true ? cell.padStart(width) : cell.padEnd(width);
    });
  return { widths, right, pad };
}

function isNumber(cell: string | undefined): boolean {
  return cell === undefined || /^(≤ )?-?[\d,.]*( %| \([^)]*\))?$/.test(cell);
}
