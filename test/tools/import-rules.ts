import { circles, type Import } from './import-graph.ts';

/** From the top down: what stands in one row may import its own row and those below. */
const rows: readonly (readonly string[])[] = [
  ['cli'],
  ['admin'],
  ['control'],
  ['proxy'],
  ['config', 'plugins'],
  ['plugin', 'snapshot', 'store', 'telemetry'],
  [
    'entities',
    'shm',
    'settings',
    'errors.ts',
    'in-one-piece.ts',
    'kept-text.ts',
    'text-table.ts',
    'tidy-heap.ts',
    'version.ts',
  ],
];
const order = rows.map((row) => row.join(', ')).join(' → ');

/** Everything in the imports of `gateway/src` that breaks the rules, as `file:line: what`. */
export function brokenRules(imports: readonly Import[]): string[] {
  const internal = imports.filter(({ isRelative }) => isRelative);
  const production = internal.filter(({ from }) => !isForTests(from));
  return [
    ...production.flatMap((one) => {
      const problem = wrongDirection(one) ?? wrongReach(one);
      return problem === undefined ? [] : [`${one.from}:${one.line}: ${problem}`];
    }),
    ...folderCircles(production),
  ];
}

function isForTests(path: string): boolean {
  return /\.(test|suite)\.ts$|(^|\/)testing\//.test(path);
}

function wrongDirection({ from, to }: Import): string | undefined {
  const source = top(from);
  const target = top(to);
  const sourceRow = rows.findIndex((row) => row.includes(source));
  const targetRow = rows.findIndex((row) => row.includes(target));
  if (sourceRow === -1) return `${source} has no place in the order of imports: ${order}`;
  if (targetRow === -1) return `${target} has no place in the order of imports: ${order}`;
  if (targetRow >= sourceRow) return undefined;
  return `${source} may not import ${target}; imports go down only: ${order}`;
}

function wrongReach({ from, to }: Import): string | undefined {
  if (isForTests(to)) return `${to} is there for tests only`;
  if (top(from) === 'proxy' && top(to) === 'store') return 'proxy may not import store';
  const [folder, plugin, ...inside] = from.split('/');
  if (folder !== 'plugins' || inside.length === 0) return undefined;
  if (top(to) === 'plugin' || to.startsWith(`plugins/${plugin}/`)) return undefined;
  return `a plugin may import plugin/ and libraries only, not ${to}`;
}

function top(path: string): string {
  return path.split('/')[0] ?? '';
}

/**
 * Circles between neighbours, in every folder: there each sub-folder counts as one thing and each
 * file as another. Circles between files of different folders show up where their paths part. Within
 * one of the folders of `src`, two things may know each other's types: that leaves no order in which
 * to load them undefined.
 */
function folderCircles(imports: readonly Import[]): string[] {
  const folders = new Map<string, Map<string, Set<string>>>();
  const samples = new Map<string, string>();
  for (const { from, to, line, isTypeOnly } of imports) {
    const [parent, a, b] = partWays(from, to);
    if (a === b || (isTypeOnly && parent !== '')) continue;
    const graph = folders.get(parent) ?? new Map<string, Set<string>>();
    folders.set(parent, graph);
    graph.set(a, (graph.get(a) ?? new Set()).add(b));
    const edge = `${parent}${a} → ${parent}${b}`;
    if (!samples.has(edge)) samples.set(edge, `${from}:${line}`);
  }
  return [...folders].flatMap(([parent, graph]) =>
    circles(graph).map((circle) => {
      const edges = circle.map((node, index) => {
        const next = circle[(index + 1) % circle.length] ?? '';
        const sample = samples.get(`${parent}${node} → ${parent}${next}`) ?? '';
        return `\n    ${node} → ${next} at ${sample}`;
      });
      const sample = samples.get(`${parent}${circle[0]} → ${parent}${circle[1]}`) ?? '';
      return `${sample}: imports go in a circle in ${parent === '' ? 'src/' : parent}${edges.join('')}`;
    }),
  );
}

/** The folder that two paths share, and the next step of each: `a/b/c`, `a/d` give `a/`, `b`, `d`. */
function partWays(from: string, to: string): [parent: string, from: string, to: string] {
  const a = from.split('/');
  const b = to.split('/');
  let depth = 0;
  while (depth < a.length - 1 && a[depth] === b[depth]) depth++;
  const parent = a.slice(0, depth).map((step) => `${step}/`);
  return [parent.join(''), a[depth] ?? '', b[depth] ?? ''];
}
