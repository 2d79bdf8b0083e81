/** Prometheus' text format 0.0.4. */

export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Metrics that the control thread knows by itself. */
export interface NodeMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly samples: readonly NodeSample[];
}

export interface NodeSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export function familyHead(name: string, type: string, help: string): string {
  return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
}

/** One metric with all its samples; nothing when it has none. */
export function renderNodeMetric(metric: NodeMetric): string {
  if (metric.samples.length === 0) return '';
  let text = familyHead(metric.name, metric.type, metric.help);
  for (const { labels, value } of metric.samples) {
    const pairs = labelPairs(Object.keys(labels), Object.values(labels));
    text += metric.name + (pairs === '' ? '' : `{${pairs}}`) + ` ${formatValue(value)}\n`;
  }
  return text;
}

/** `a="b",c="d"` */
export function labelPairs(names: readonly string[], values: readonly string[]): string {
  return names.map((name, i) => `${name}="${escapeLabel(values[i] ?? '')}"`).join(',');
}

export function formatValue(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(value);
}

function escapeLabel(value: string): string {
  return /["\\\n]/.test(value)
    ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
    : value;
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
