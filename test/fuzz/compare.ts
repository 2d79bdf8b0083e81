import type { Read, Reading } from './reading.ts';

/** Where two readings of the same bytes differ in a way that matters. */
export interface Difference {
  /** `accepts`: the gateway took what Node refuses. `disagrees`: both took it, for different things. */
  readonly kind: 'accepts' | 'disagrees';
  readonly what: string;
  /** Index of the message that is read differently. */
  readonly index: number;
}

/**
 * Holds the gateway's reading against Node's. The gateway may refuse more than Node, and earlier;
 * it may take nothing that Node refuses, nor take anything for something else.
 */
export function compare(ours: Reading, node: Reading): Difference | null {
  for (const [index, message] of ours.messages.entries()) {
    const other = node.messages[index];
    const last = index === ours.messages.length - 1;
    if (other === undefined) {
      return { kind: 'accepts', what: `a head: ${node.reason ?? node.end}`, index };
    }
    const head = headDifference(message, other);
    if (head !== null) return { kind: 'disagrees', what: head, index };
    if (message.complete) {
      if (!other.complete) {
        const kind = node.end === 'refused' ? 'accepts' : 'disagrees';
        return { kind, what: `the end of a message: ${node.reason ?? node.end}`, index };
      }
      const body = bodyDifference(message, other);
      if (body !== null) return { kind: 'disagrees', what: body, index };
    } else if (ours.end === 'refused') return null;
    else if (other.complete) return { kind: 'disagrees', what: 'a message goes on', index };
    else if (node.end === 'open' && !message.body.equals(other.body)) {
      return { kind: 'disagrees', what: 'the beginning of a body', index };
    } else if (!last) throw new Error('a message before the last one is not complete');
  }
  const next = ours.messages.length;
  if (ours.end === 'open' && node.messages.length > next) {
    return { kind: 'disagrees', what: 'a message that is waited for', index: next };
  }
  return null;
}

function headDifference(ours: Read, node: Read): string | null {
  if (ours.first !== node.first) return `method ${ours.first} or ${node.first}`;
  if (ours.second !== node.second) return `target ${ours.second} or ${node.second}`;
  if (ours.minor !== node.minor) return `version 1.${ours.minor} or 1.${node.minor}`;
  return fieldDifference(ours.fields, node.fields);
}

function bodyDifference(ours: Read, node: Read): string | null {
  if (!ours.body.equals(node.body)) return 'the body';
  return fieldDifference(ours.trailers, node.trailers);
}

function fieldDifference(ours: Read['fields'], node: Read['fields']): string | null {
  if (ours.length !== node.length) return `${ours.length} or ${node.length} fields`;
  for (const [index, [name, value]] of ours.entries()) {
    const [otherName, otherValue] = node[index]!;
    if (name !== otherName) return `field name ${name} or ${otherName}`;
    if (value !== otherValue) {
      return `value of ${name}: ${JSON.stringify(value)} or ${JSON.stringify(otherValue)}`;
    }
  }
  return null;
}
