/** A CPU profile as V8 writes it. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Ids of the node that ran at each sample. */
  readonly samples: readonly number[];
  /** Time before each sample, µs. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    /** From 0. */
    readonly lineNumber: number;
  };
  readonly children?: readonly number[];
}

/** A function as it was called from its callers, with everything that it called. */
export interface Frame {
  readonly name: string;
  /** Such as `proxy/router/path.js:12`; empty for what is not a function. */
  readonly place: string;
  /** µs in the function itself. */
  readonly self: number;
  /** µs in it and in what it called. */
  readonly total: number;
  readonly children: readonly Frame[];
}

/** Frames of a thread that waits, which is no work. */
const WAITING = new Set(['(idle)']);

/** The profile as a tree of calls without the time in which the thread waited. */
export function toFrames(profile: CpuProfile): Frame {
  const selfTimes = new Map<number, number>();
  for (const [index, id] of profile.samples.entries()) {
    selfTimes.set(id, (selfTimes.get(id) ?? 0) + Math.max(0, profile.timeDeltas[index] ?? 0));
  }
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const build = (node: ProfileNode): Frame => {
    const children = (node.children ?? [])
      .flatMap((id) => nodes.get(id) ?? [])
      .filter(({ callFrame }) => !WAITING.has(callFrame.functionName))
      .map(build)
      .filter(({ total }) => total > 0)
      .sort((a, b) => b.total - a.total);
    const self = selfTimes.get(node.id) ?? 0;
    return {
      name: node.callFrame.functionName || '(anonymous)',
      place: placeOf(node.callFrame),
      self,
      total: children.reduce((sum, child) => sum + child.total, self),
      children,
    };
  };
  const root = profile.nodes[0];
  if (root === undefined) throw new Error('an empty profile');
  return build(root);
}

/** Self time of each function over all its callers, most first. */
export function selfTimes(root: Frame): { name: string; place: string; self: number }[] {
  const sums = new Map<string, { name: string; place: string; self: number }>();
  const visit = ({ name, place, self, children }: Frame): void => {
    const sum = sums.get(`${name} ${place}`) ?? { name, place, self: 0 };
    sum.self += self;
    sums.set(`${name} ${place}`, sum);
    children.forEach(visit);
  };
  visit(root);
  return [...sums.values()].filter(({ self }) => self > 0).sort((a, b) => b.self - a.self);
}

function placeOf({ url, lineNumber }: ProfileNode['callFrame']): string {
  if (url === '') return '';
  const short = url.replace(/^file:\/\//, '').replace(/^.*\/(dist|node_modules)\//, '');
  return `${short}:${lineNumber + 1}`;
}
