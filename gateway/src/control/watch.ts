import { statSync, watch } from 'node:fs';
import type { BigIntStats, FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

export interface WatchOptions {
  /**
   * How long a file that is written to must stay as it is before the change counts, ms. One that was
   * moved into place after it had been written counts at once.
   */
  readonly settle?: number;
  /** How often to look where no event came: network file systems, links to elsewhere; ms. */
  readonly poll?: number;
  /**
   * How long the file must be missing until that counts as a change, ms. Whoever replaces a file may
   * remove it first. Absent for never.
   */
  readonly absence?: number;
}

export interface FileWatch {
  close(): void;
}

/**
 * Calls `onChange` each time the contents behind a path may be others: edited in place, replaced by
 * a rename, or reached by way of a link that now points elsewhere, as with Kubernetes' mounted
 * ConfigMaps. While the file is missing nothing is called, unless `absence` says so. The directory is watched rather than the
 * file, which would be lost with the first rename.
 *
 * Whoever reads the file after this call misses no change.
 */
export function watchFile(
  path: string,
  onChange: () => void,
  { settle = 50, poll = 1000, absence = Infinity }: WatchOptions = {},
): FileWatch {
  return new PathWatch(path, onChange, { settle, poll, absence });
}

/** After an event of the file itself: several of them often come together. ms */
const PROMPT = 5;

class PathWatch implements FileWatch {
  readonly #path: string;
  readonly #onChange: () => void;
  readonly #settle: number;
  readonly #absence: number;
  readonly #watcher: FSWatcher | null;
  readonly #poll: NodeJS.Timeout;
  #pending: { readonly timer: NodeJS.Timeout; readonly at: number } | null = null;
  /** As it was when `onChange` was last called, or when watching began. */
  #known: State | null;
  #seen: { readonly print: string; readonly since: number } | null = null;
  /** Since when it is missing; null while it is there. */
  #missing: { readonly since: number; told: boolean } | null = null;
  #closed = false;

  constructor(
    path: string,
    onChange: () => void,
    { settle, poll, absence }: Required<WatchOptions>,
  ) {
    this.#path = path;
    this.#onChange = onChange;
    this.#settle = settle;
    this.#absence = absence;
    this.#known = stateNow(path);
    const own = basename(path);
    this.#watcher = watchDirectory(dirname(path), (name) =>
      this.#lookIn(name === own ? Math.min(PROMPT, settle) : settle),
    );
    this.#poll = setInterval(() => this.#lookIn(0), poll);
  }

  close(): void {
    this.#closed = true;
    this.#watcher?.close();
    clearInterval(this.#poll);
    if (this.#pending !== null) clearTimeout(this.#pending.timer);
  }

  /** @param delay ms; what is to happen sooner anyway is not put off */
  #lookIn(delay: number): void {
    const at = performance.now() + delay;
    if (this.#closed || (this.#pending !== null && this.#pending.at <= at)) return;
    if (this.#pending !== null) clearTimeout(this.#pending.timer);
    this.#pending = { at, timer: setTimeout(() => void this.#look(), delay) };
  }

  async #look(): Promise<void> {
    this.#pending = null;
    const state = await currentState(this.#path);
    if (this.#closed) return;
    if (state === null) {
      this.#lookForAbsence();
      return;
    }
    this.#missing = null;
    if (state.print === this.#known?.print) return;
    if (!wasMovedHere(state, this.#known) && !this.#hasSettled(state)) return;
    this.#known = state;
    this.#onChange();
  }

  /** What comes back after its absence was told of counts as a change, even if it is what was there. */
  #lookForAbsence(): void {
    if (this.#absence === Infinity) return;
    const now = performance.now();
    const missing = (this.#missing ??= { since: now, told: false });
    if (missing.told) return;
    const left = missing.since + this.#absence - now;
    if (left > 0) {
      this.#lookIn(left);
      return;
    }
    missing.told = true;
    this.#known = null;
    this.#onChange();
  }

  /** Somebody may still be writing: what is written counts once it has stayed as it is. */
  #hasSettled(state: State): boolean {
    const now = performance.now();
    if (state.print !== this.#seen?.print) this.#seen = { print: state.print, since: now };
    const left = this.#seen.since + this.#settle - now;
    if (left > 0) this.#lookIn(left);
    return left <= 0;
  }
}

/** Null where watching is not possible; looking from time to time remains. */
function watchDirectory(
  directory: string,
  onEvent: (name: string | null) => void,
): FSWatcher | null {
  try {
    const watcher = watch(directory, { persistent: true }, (_event, name) => onEvent(name));
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}

/** Which file a path leads to, and in what state. */
interface State {
  readonly file: string;
  readonly print: string;
  /** Something was done to it after it was last written. */
  readonly touched: boolean;
}

/**
 * Whether another file stands here that was finished before it came. A file that is written in its
 * place was written last of all; renaming sets the time of the change, not that of the writing.
 */
function wasMovedHere(state: State, known: State | null): boolean {
  return state.file !== known?.file && state.touched;
}

/** Null while there is no such file. */
async function currentState(path: string): Promise<State | null> {
  try {
    return describe(await stat(path, { bigint: true }));
  } catch {
    return null;
  }
}

function stateNow(path: string): State | null {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? null : describe(stats);
}

function describe({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): State {
  const file = `${dev}:${ino}`;
  const print = [file, size, mtimeNs, ctimeNs].join(':');
  return { file, print, touched: ctimeNs > mtimeNs };
}
