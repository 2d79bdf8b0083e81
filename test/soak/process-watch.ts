import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Resident memory of a process, bytes. */
export function residentMemory(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  return Number(line?.[1] ?? 0) * 1024;
}

export interface Sample {
  /** Since the load began, s. */
  readonly at: number;
  /** bytes */
  readonly memory: number;
  /** All threads had just collected their garbage. */
  readonly collected: boolean;
}

/**
 * Slope of a straight line through samples after a collection, bytes a minute: the median of those
 * between any two of them (Theil and Sen), so that a few samples for which some thread came too late
 * to collect do not tilt it. What could be collected comes and goes by tens of megabytes and would hide
 * a leak, or feign one.
 *
 * @param from ignores what came before, s
 */
export function slope(samples: readonly Sample[], from: number): number {
  const counted = samples.filter(({ at, collected }) => collected && at >= from);
  const slopes = counted.flatMap((later, index) =>
    counted
      .slice(0, index)
      .map((earlier) => (later.memory - earlier.memory) / (later.at - earlier.at)),
  );
  if (slopes.length === 0) return 0;
  const sorted = slopes.toSorted((a, b) => a - b);
  return (sorted[sorted.length >> 1] ?? 0) * 60;
}

export interface OpenSocket {
  readonly state: string;
  readonly localPort: number;
  readonly remotePort: number;
}

const STATES: Readonly<Record<string, string>> = {
  '01': 'established',
  '02': 'syn-sent',
  '03': 'syn-received',
  '04': 'fin-wait-1',
  '05': 'fin-wait-2',
  '06': 'time-wait',
  '07': 'closed',
  '08': 'close-wait',
  '09': 'last-ack',
  '0A': 'listening',
  '0B': 'closing',
};

/** TCP sockets that the process holds open. */
export function openSockets(pid: number): OpenSocket[] {
  const inodes = new Set<string>();
  for (const target of openFiles(pid)) {
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined) inodes.add(inode);
  }
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'latin1')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => inodes.has(columns[9] ?? ''))
      .map(([, local = '', remote = '', state = '']) => ({
        state: STATES[state] ?? state,
        localPort: portOf(local),
        remotePort: portOf(remote),
      })),
  );
}

function portOf(address: string): number {
  return Number.parseInt(address.slice(address.indexOf(':') + 1), 16);
}

/** What the file descriptors of the process stand for. */
export function openFiles(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((name) => {
    try {
      return [readlinkSync(`${folder}/${name}`)];
    } catch {
      // Closed since the folder was read.
      return [];
    }
  });
}
