/** A piece of a segment: a literal text, or a parameter. */
type Piece = { readonly literal: string } | { readonly parameter: string };

interface Template<T> {
  /** Of its parameters, in their order. */
  readonly names: readonly string[];
  readonly target: T;
}

interface Node<T> {
  readonly literal: Map<string, Node<T>>;
  /** Segments with parameters, those with longer literal parts first. */
  readonly patterns: {
    readonly key: string;
    readonly pieces: readonly Piece[];
    readonly node: Node<T>;
  }[];
  template: Template<T> | null;
}

/** What a path is for, with the values of the parameters in it as they were sent. */
export interface PathMatch<T> {
  readonly target: T;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Templates such as `/orders/{id}`. Of several that fit, one without parameters comes first. */
export class PathTree<T> {
  readonly #root: Node<T> = emptyNode();

  /** @throws Error where the template is none, or means the same as another */
  add(template: string, target: T): void {
    if (!template.startsWith('/')) throw new Error('a path must begin with /');
    let node = this.#root;
    const names: string[] = [];
    for (const segment of template.slice(1).split('/')) {
      const pieces = piecesOf(segment);
      names.push(...pieces.flatMap((piece) => ('parameter' in piece ? [piece.parameter] : [])));
      node = childFor(node, segment, pieces);
    }
    if (new Set(names).size < names.length) throw new Error('a parameter is there twice');
    if (node.template !== null) throw new Error('another path means the same');
    node.template = { names, target };
  }

  /** @param path as it was sent, without query */
  find(path: string): PathMatch<T> | null {
    const found = search(this.#root, path.slice(1).split('/'), 0);
    if (found === null) return null;
    const [{ names, target }, values] = found;
    const parameters = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
    return { target, parameters };
  }
}

function emptyNode<T>(): Node<T> {
  return { literal: new Map(), patterns: [], template: null };
}

function childFor<T>(node: Node<T>, segment: string, pieces: readonly Piece[]): Node<T> {
  if (pieces.every((piece) => 'literal' in piece)) {
    const name = decoded(segment);
    let child = node.literal.get(name);
    if (child === undefined) node.literal.set(name, (child = emptyNode()));
    return child;
  }
  const key = pieces.map((piece) => ('literal' in piece ? piece.literal : '{}')).join('');
  const same = node.patterns.find((pattern) => pattern.key === key);
  if (same !== undefined) return same.node;
  const child = emptyNode<T>();
  node.patterns.push({ key, pieces, node: child });
  node.patterns.sort((a, b) => b.key.length - a.key.length);
  return child;
}

function piecesOf(segment: string): Piece[] {
  const pieces = segment.split(/(\{[^{}]*\})/).filter((piece) => piece !== '');
  return pieces.map((piece, i) => {
    if (!piece.startsWith('{')) {
      if (/[{}]/.test(piece)) throw new Error('a brace has no counterpart');
      return { literal: piece };
    }
    const name = piece.slice(1, -1);
    if (name === '') throw new Error('a parameter has no name');
    // Where one ends and the next begins could not be said.
    if (pieces[i - 1]?.startsWith('{') === true)
      throw new Error('two parameters stand side by side');
    return { parameter: name };
  });
}

/**
 * The texts that the parameters of a segment stand for; null where it does not fit. Each ends where the
 * literal behind it first comes, and has a character at least, so that no text is gone over again.
 */
function textsIn(segment: string, pieces: readonly Piece[]): string[] | null {
  const texts: string[] = [];
  let at = 0;
  for (const [i, piece] of pieces.entries()) {
    if ('literal' in piece) {
      if (!segment.startsWith(piece.literal, at)) return null;
      at += piece.literal.length;
      continue;
    }
    const end = endOfText(segment, at, pieces, i);
    if (end <= at) return null;
    texts.push(segment.slice(at, end));
    at = end;
  }
  return at === segment.length ? texts : null;
}

/** Where the text of the parameter ends that begins at `from`; -1 where it does not. */
function endOfText(segment: string, from: number, pieces: readonly Piece[], i: number): number {
  const next = pieces[i + 1];
  if (next === undefined || !('literal' in next)) return segment.length;
  const isLast = i + 2 === pieces.length;
  if (isLast) return segment.endsWith(next.literal) ? segment.length - next.literal.length : -1;
  return segment.indexOf(next.literal, from + 1);
}

type Found<T> = [template: Template<T>, values: string[]];

/** Few templates branch, and none deeper than it has segments. */
function search<T>(node: Node<T>, segments: readonly string[], at: number): Found<T> | null {
  const segment = segments[at];
  if (segment === undefined) return node.template === null ? null : [node.template, []];
  const literal = node.literal.get(decoded(segment));
  const byLiteral = literal === undefined ? null : search(literal, segments, at + 1);
  if (byLiteral !== null) return byLiteral;
  for (const { pieces, node: child } of node.patterns) {
    const values = textsIn(segment, pieces);
    if (values === null) continue;
    const found = search(child, segments, at + 1);
    if (found !== null) return [found[0], [...values, ...found[1]]];
  }
  return null;
}

function decoded(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
