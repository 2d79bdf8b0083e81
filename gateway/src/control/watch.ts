import { statSync, watch } from 'node:fs';
import type { BigIntStats, FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface WatchOptions {
  /** How long the file must stay as it is before the change counts, ms. */
  readonly settle?: number;
  /** How often to look where no event came: network file systems, links to elsewhere; ms. */
  readonly poll?: number;
}

export interface FileWatch {
  close(): void;
}

/**
 * Calls `onChange` each time the contents behind a path may be others: edited in place, replaced by
 * a rename, or reached by way of a link that now points elsewhere, as with Kubernetes' mounted
 * ConfigMaps. While the file is missing nothing is called. The directory is watched rather than the
 * file, which would be lost with the first rename.
 *
 * Whoever reads the file after this call misses no change.
 */
export function watchFile(
  path: string,
  onChange: () => void,
  { settle = 50, poll = 1000 }: WatchOptions = {},
): FileWatch {
  return new PathWatch(path, onChange, settle, poll);
}

class PathWatch implements FileWatch {
  readonly #path: string;
  readonly #onChange: () => void;
  readonly #settle: number;
  readonly #watcher: FSWatcher | null;
  readonly #poll: NodeJS.Timeout;
  #pending: NodeJS.Timeout | null = null;
  /** As it was when `onChange` was last called, or when watching began. */
  #known: string | null;
  #seen: string | null = null;
  #closed = false;

  constructor(path: string, onChange: () => void, settle: number, poll: number) {
    this.#path = path;
    this.#onChange = onChange;
    this.#settle = settle;
    this.#known = fingerprintNow(path);
    this.#watcher = watchDirectory(dirname(path), () => this.#lookSoon());
    this.#poll = setInterval(() => this.#lookSoon(), poll);
  }

  close(): void {
    this.#closed = true;
    this.#watcher?.close();
    clearInterval(this.#poll);
    if (this.#pending !== null) clearTimeout(this.#pending);
  }

  #lookSoon(): void {
    if (this.#closed) return;
    this.#pending ??= setTimeout(() => void this.#look(), this.#settle);
  }

  async #look(): Promise<void> {
    const print = await fingerprint(this.#path);
    this.#pending = null;
    if (print === null || print === this.#known) return;
    if (print !== this.#seen) {
      // Somebody may still be writing: it counts once it looks the same twice.
      this.#seen = print;
      this.#lookSoon();
      return;
    }
    this.#known = print;
    if (!this.#closed) this.#onChange();
  }
}

/** Null where watching is not possible; looking from time to time remains. */
function watchDirectory(directory: string, onEvent: () => void): FSWatcher | null {
  try {
    const watcher = watch(directory, { persistent: true }, onEvent);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}

/** Null while there is no such file. */
async function fingerprint(path: string): Promise<string | null> {
  try {
    return describe(await stat(path, { bigint: true }));
  } catch {
    return null;
  }
}

function fingerprintNow(path: string): string | null {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? null : describe(stats);
}

/** Which file a path leads to, and in what state. */
function describe({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(':');
}
