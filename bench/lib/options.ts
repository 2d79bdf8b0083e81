import { parseArgs } from 'node:util';
import { BenchError } from './bench-error.ts';

/** A server that was started by hand, to be measured beside Sluice. */
export interface NamedPeer {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
}

/** How a suite runs. */
export interface BenchOptions {
  /** Everything once and short, to see that it works: the numbers mean nothing. */
  readonly quick: boolean;
  readonly rounds: number;
  /** Of load in each round. */
  readonly seconds: number;
  /** Of load before the first round that counts. */
  readonly warmup: number;
  /** Names of the scenarios to run; empty for all. */
  readonly only: readonly string[];
  readonly peers: readonly NamedPeer[];
  /** Core of the proxy, and core of the backend and the load. */
  readonly cores: { readonly proxy: number; readonly load: number };
  /** Port of the backend; 0 for any. */
  readonly backendPort: number;
  /** Folder of a compiled Sluice; absent to build the one of this workspace. */
  readonly dist: string | undefined;
  /** Folder for results; absent for the usual one. */
  readonly out: string | undefined;
  /** Scenario whose configuration is to be printed. */
  readonly printConfig: string | undefined;
}

/** Where a peer that was started by hand looks for the backend. */
const KNOWN_BACKEND_PORT = 18080;

export const optionsHelp = `Options:
  --quick               everything once and short, to see that it works; the numbers mean nothing
  --rounds N            rounds that count (7)
  --seconds N           of load in each round (5)
  --warmup N            seconds of load before them (3)
  --only NAME           only this scenario; may be repeated
  --peer NAME=URL,PID   measure this server too, which is already running; may be repeated
  --print-config NAME   print the configuration of a scenario, for such a server, and end
  --backend-port N      port of the backend (any; with --peer and --print-config ${KNOWN_BACKEND_PORT})
  --cores PROXY,LOAD    the core of the proxy, and the one of the backend and the load (0,1)
  --dist FOLDER         measure this compiled Sluice and build none
  --out FOLDER          where results go (bench/results; with --quick bench/results/quick)`;

/**
 * Reads the command line of a suite.
 *
 * @throws BenchError naming the option that is wrong
 */
export function readOptions(args: readonly string[]): BenchOptions {
  const values = parse(args);
  const quick = values.quick ?? false;
  const peers = (values.peer ?? []).map(readPeer);
  const known = peers.length > 0 || values['print-config'] !== undefined;
  const [proxy, load] = readCores(values.cores ?? '0,1');
  return {
    quick,
    rounds: readCount('rounds', values.rounds, quick ? 1 : 7, 1),
    seconds: readCount('seconds', values.seconds, quick ? 1 : 5, 1),
    warmup: readCount('warmup', values.warmup, quick ? 0 : 3, 0),
    only: values.only ?? [],
    peers,
    cores: { proxy, load },
    backendPort: readCount(
      'backend-port',
      values['backend-port'],
      known ? KNOWN_BACKEND_PORT : 0,
      0,
    ),
    dist: values.dist,
    out: values.out,
    printConfig: values['print-config'],
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        warmup: { type: 'string' },
        only: { type: 'string', multiple: true },
        peer: { type: 'string', multiple: true },
        'print-config': { type: 'string' },
        'backend-port': { type: 'string' },
        cores: { type: 'string' },
        dist: { type: 'string' },
        out: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new BenchError(`${(error as Error).message}\n\n${optionsHelp}`);
  }
}

function readCount(name: string, text: string | undefined, fallback: number, min: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= min) return value;
  throw new BenchError(
    `--${name} takes a whole number from ${min} on, not ${JSON.stringify(text)}`,
  );
}

function readCores(text: string): [number, number] {
  const match = /^(\d+),(\d+)$/.exec(text);
  if (match !== null && match[1] !== match[2]) return [Number(match[1]), Number(match[2])];
  throw new BenchError(
    `--cores takes two different cores such as 0,1, not ${JSON.stringify(text)}`,
  );
}

function readPeer(text: string): NamedPeer {
  const match = /^([^=]+)=(http:\/\/[^,]+?)\/?,(\d+)$/.exec(text);
  if (match === null) {
    throw new BenchError(
      `--peer takes NAME=URL,PID such as Kong=http://127.0.0.1:8000,1234, not ${JSON.stringify(text)}`,
    );
  }
  const [, name = '', url = '', pid = ''] = match;
  return { name, url, pid: Number(pid) };
}
