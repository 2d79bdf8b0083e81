/**
 * Length of the code of each octet, and of the end of a string, in bits, as digits of base 36: RFC 7541
 * appendix B. The codes follow from them: they are given out by length, and among equals by octet.
 */
const LENGTHS =
  'dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6cad67777777777777777777777' +
  '878djde6f56565666577666567655677777fbedskmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnn' +
  'llmlnmnnkmmmnmmnqqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrqu';

/** The end of a string, which must not stand in one. */
const END = 256;

interface Node {
  /** What a bit that is not set, and one that is, leads to: a node, an octet, or nothing yet. */
  readonly next: [Node | number | null, Node | number | null];
  readonly state: number;
  /** A string may end here: at most seven bits of a code were read, and all of them are set. */
  readonly final: boolean;
}

/** What must not be in a string. */
const BROKEN = -1;
/** No octet is complete yet. */
const NONE = 256;

const nodes: Node[] = [];
growTree();

/** What each state and four more bits lead to: `state << 9 | octet`, or `BROKEN`. */
const transitions = new Int32Array(nodes.length * 16);
for (const node of nodes) {
  for (let bits = 0; bits < 16; bits++) transitions[node.state * 16 + bits] = walk(node, bits);
}
const finals = Uint8Array.from(nodes, (node) => (node.final ? 1 : 0));

function growTree(): void {
  const root = addNode(true);
  const lengths = Array.from(LENGTHS, (digit) => parseInt(digit, 36));
  const octets = lengths
    .map((_, octet) => octet)
    .sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  let code = 0;
  let before = 0;
  for (const octet of octets) {
    const length = lengths[octet]!;
    code <<= length - before;
    before = length;
    plant(root, code++, length, octet);
  }
}

function addNode(final: boolean): Node {
  const node: Node = { next: [null, null], state: nodes.length, final };
  nodes.push(node);
  return node;
}

function plant(root: Node, code: number, length: number, octet: number): void {
  let node = root;
  for (let bit = length - 1; bit > 0; bit--) {
    const side = (code >>> bit) & 1;
    const depth = length - bit;
    node.next[side] ??= addNode(side === 1 && node.final && depth <= 7);
    node = node.next[side] as Node;
  }
  node.next[code & 1] = octet;
}

/** At most one code ends within four bits, since the shortest has five. */
function walk(from: Node, bits: number): number {
  let node = from;
  let octet = NONE;
  for (let bit = 3; bit >= 0; bit--) {
    const next = node.next[(bits >>> bit) & 1]!;
    if (typeof next !== 'number') node = next;
    else if (next === END) return BROKEN;
    else {
      octet = next;
      node = nodes[0]!;
    }
  }
  return (node.state << 9) | octet;
}

/** Room for what is decoded; grows to what the longest string needed. */
let decoded = Buffer.allocUnsafeSlow(1024);

/** The string that stands from `start` to `end`, one character an octet; null when it is broken. */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): string | null {
  // Five bits are the least that an octet takes.
  const most = Math.ceil(((end - start) * 8) / 5);
  if (decoded.length < most) decoded = Buffer.allocUnsafeSlow(most * 2);
  const out = decoded;
  let length = 0;
  let state = 0;
  for (let p = start; p < end; p++) {
    const byte = bytes[p]!;
    let step = transitions[state * 16 + (byte >>> 4)]!;
    if (step === BROKEN) return null;
    if ((step & 511) !== NONE) out[length++] = step & 255;
    step = transitions[(step >>> 9) * 16 + (byte & 15)]!;
    if (step === BROKEN) return null;
    if ((step & 511) !== NONE) out[length++] = step & 255;
    state = step >>> 9;
  }
  return finals[state] === 1 ? out.toString('latin1', 0, length) : null;
}
