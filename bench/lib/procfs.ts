import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { BenchError } from './bench-error.ts';

export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** User and system time of all its threads, those that have ended included; clock ticks. */
  readonly ticks: number;
}

/** Parses `/proc/PID/stat`. */
export function parseStat(text: string): ProcessStat {
  // The name stands in parentheses and may hold anything, parentheses and spaces included.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    pid: Number.parseInt(text, 10),
    parent: Number(fields[1]),
    ticks: Number(fields[11]) + Number(fields[12]),
  };
}

/** A field such as `VmRSS` of `/proc/PID/status`, bytes; 0 when it is not there. */
export function parseStatusBytes(text: string, field: string): number {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text);
  return match === null ? 0 : Number(match[1]) * 1024;
}

/** `root` and the processes below it, whatever their depth, in the order found. */
export function treeOf(root: number, processes: readonly ProcessStat[]): ProcessStat[] {
  const found = processes.filter(({ pid }) => pid === root);
  for (const { pid } of found) {
    found.push(...processes.filter(({ parent }) => parent === pid));
  }
  return found;
}

/**
 * Parses `/proc/stat` for the time in which a core was not idle, clock ticks; what a hypervisor took
 * from it counts as well.
 */
export function parseCoreTicks(text: string, core: number): number {
  const line = new RegExp(`^cpu${core} (.*)$`, 'm').exec(text)?.[1] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line
    .split(' ')
    .map(Number);
  return user + nice + system + irq + softirq + steal;
}

/** How long a core has not been idle since the system started, µs. */
export function busyMicrosOf(core: number): number {
  return parseCoreTicks(readFileSync('/proc/stat', 'utf8'), core) * tickMicros();
}

let microsPerTick: number | undefined;

function tickMicros(): number {
  microsPerTick ??= 1e6 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return microsPerTick;
}

/** What a process and all its descendants have used so far. */
export interface Usage {
  /** User and system time, µs. Exact to a clock tick, usually 10 ms. */
  readonly cpuMicros: number;
  readonly residentBytes: number;
  readonly processes: number;
}

/**
 * Adds up what the processes of a server use now.
 *
 * @param root process id of the first of them; the others are its descendants
 * @throws BenchError when there is no such process
 */
export function usageOf(root: number): Usage {
  const tree = treeOf(root, listProcesses());
  if (tree.length === 0) throw new BenchError(`there is no process ${root}`);
  let ticks = 0;
  let residentBytes = 0;
  for (const stat of tree) {
    ticks += stat.ticks;
    const status = readIfThere(`/proc/${stat.pid}/status`);
    if (status !== undefined) residentBytes += parseStatusBytes(status, 'VmRSS');
  }
  return { cpuMicros: ticks * tickMicros(), residentBytes, processes: tree.length };
}

/** Resident memory of a process and its descendants, bytes. */
export function residentBytesOf(root: number): number {
  return usageOf(root).residentBytes;
}

function listProcesses(): ProcessStat[] {
  const processes: ProcessStat[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const text = readIfThere(`/proc/${name}/stat`);
    if (text !== undefined) processes.push(parseStat(text));
  }
  return processes;
}

/** Processes come and go while they are listed. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
