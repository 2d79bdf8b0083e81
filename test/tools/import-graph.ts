import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';

/** One import, type-only ones and re-exports included. Paths are relative to the source folder. */
export interface Import {
  readonly from: string;
  /** 1-based. */
  readonly line: number;
  /** A path for a relative import, else the bare specifier. */
  readonly to: string;
  readonly isRelative: boolean;
  /** Nothing of it is left at run time. */
  readonly isTypeOnly: boolean;
}

/** Every import of the TypeScript files below a folder. */
export function readImports(folder: string): Import[] {
  return globSync('**/*.ts', { cwd: folder })
    .sort()
    .flatMap((path) => importsOf(path, readFileSync(posix.join(folder, path), 'utf8')));
}

function importsOf(path: string, source: string): Import[] {
  const { importedFiles } = ts.preProcessFile(source, true, false);
  return importedFiles.map(({ fileName, pos }) => {
    const isRelative = fileName.startsWith('.');
    return {
      from: path,
      line: source.slice(0, pos).split('\n').length,
      to: isRelative ? posix.join(posix.dirname(path), fileName) : fileName,
      isRelative,
      isTypeOnly: /\b(import|export)\s+type\b[^;]*$/.test(source.slice(0, pos)),
    };
  });
}

/** Nodes and what they lead to. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The shortest way round of every knot of a graph: `[a, b]` for a → b → a.
 *
 * Every node that lies on some circle is in exactly one knot; only one circle of it is given.
 */
export function circles(graph: Graph): string[][] {
  const done = new Set<string>();
  const found: string[][] = [];
  for (const node of graph.keys()) {
    if (done.has(node)) continue;
    const circle = shortestCircle(graph, node);
    if (circle === undefined) continue;
    found.push(circle);
    const onward = reachable(graph, node);
    for (const other of onward) if (reachable(graph, other).has(node)) done.add(other);
  }
  return found;
}

function shortestCircle(graph: Graph, start: string): string[] | undefined {
  const ways: string[][] = [[start]];
  const seen = new Set<string>();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const next of graph.get(way.at(-1) ?? '') ?? []) {
      if (next === start) return way;
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}

function reachable(graph: Graph, start: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [start];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const next of graph.get(node) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return seen;
}
