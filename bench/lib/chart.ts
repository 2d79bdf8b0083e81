import type { ScenarioResult } from './tables/proxy.ts';

export interface ChartRow {
  readonly label: string;
  readonly bars: readonly ChartBar[];
}

export interface ChartBar {
  readonly name: string;
  readonly value: number;
  /** Whether this is what the chart is about. */
  readonly own: boolean;
}

const WIDTH = 760;
const LEFT = 16;
const NAMES = 224;
const RIGHT = 56;
const BAR = 16;
const GAP = 4;
const LABEL = 26;
const ROW_GAP = 14;
const TOP = 64;
const LINE = 16;

/** For text between tags and in attributes. */
export function escapeXml(text: string): string {
  const names: Record<string, string> = {
    '&': 'amp',
    '<': 'lt',
    '>': 'gt',
    '"': 'quot',
    "'": 'apos',
  };
  return text.replace(/[&<>"']/g, (char) => `&${names[char]};`);
}

/** A bar for each contestant that a scenario measured, but for the ones that are 1 by definition. */
export function chartRows(scenarios: readonly ScenarioResult[]): ChartRow[] {
  return scenarios.map(({ title, contestants }) => ({
    label: title,
    bars: contestants.flatMap(({ name, ratio }) =>
      ratio === null || name === 'nginx'
        ? []
        : [{ name, value: ratio.median, own: name.startsWith('Sluice') }],
    ),
  }));
}

/**
 * Draws bars from 0 with a line at 1. Readable on light and on dark ground.
 *
 * @param notes lines under the chart
 */
export function drawChart(
  title: string,
  rows: readonly ChartRow[],
  notes: readonly string[],
): string {
  const most = Math.max(1.2, ...rows.flatMap(({ bars }) => bars.map(({ value }) => value)));
  const scale = (WIDTH - LEFT - NAMES - RIGHT) / most;
  const start = LEFT + NAMES;
  const one = (start + scale).toFixed(1);
  const marks: string[] = [];
  let y = TOP;
  for (const { label, bars } of rows) {
    marks.push(text(LEFT, y + 12, 'label', label));
    y += LABEL;
    const top = y;
    for (const { name, value, own } of bars) {
      const width = (value * scale).toFixed(1);
      const kind = own ? 'own' : 'other';
      marks.push(
        text(start - 8, y + 12, 'name', name),
        `<rect class="${kind}" x="${start}" y="${y}" width="${width}" height="${BAR}" rx="2"/>`,
        text(start + Number(width) + 6, y + 12, 'value', value.toFixed(2)),
      );
      y += BAR + GAP;
    }
    marks.push(`<line class="one" x1="${one}" y1="${top - GAP}" x2="${one}" y2="${y}"/>`);
    y += ROW_GAP;
  }
  const height = y + LINE * (notes.length + 1) + GAP;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<style>${style}</style>`,
    // Its own ground, since whoever shows it may have another taste than the page around it.
    `<rect class="ground" width="${WIDTH}" height="${height}" rx="8"/>`,
    text(LEFT, 28, 'title', title),
    text(Number(one), TOP - 16, 'scale', 'nginx = 1'),
    ...marks,
    ...notes.map((note, index) => text(LEFT, y + LINE * (index + 1), 'note', note)),
    '</svg>',
    '',
  ].join('\n');
}

function text(x: number, y: number, kind: string, content: string): string {
  return `<text class="${kind}" x="${x}" y="${y}">${escapeXml(content)}</text>`;
}

const style = `
.ground { fill: #ffffff; }
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.title { font-size: 16px; font-weight: 600; }
.label { font-weight: 600; }
.name { text-anchor: end; }
.scale { text-anchor: middle; font-size: 12px; }
.note, .scale { fill: #59636e; }
.note { font-size: 11px; }
.own { fill: #1f6feb; }
.other { fill: #9aa4af; }
.one { stroke: #59636e; stroke-dasharray: 4 3; }
@media (prefers-color-scheme: dark) {
  .ground { fill: #0d1117; }
  text { fill: #e6edf3; }
  .note, .scale { fill: #9198a1; }
  .own { fill: #4493f8; }
  .other { fill: #656c76; }
  .one { stroke: #9198a1; }
}
`;
