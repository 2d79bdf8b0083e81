import { copyFile, link, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { once } from 'node:events';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { GatewayLog } from '../gateway-log.ts';
import { readCopy } from './read-copy.ts';
import { snapshotText, type SavedConfiguration } from './snapshot-format.ts';
import { readSnapshotHeader } from './snapshot-header.ts';

export interface SnapshotFileOptions {
  readonly path: string;
  /** Of which database the configuration is; one of another is never read. */
  readonly origin: string;
  readonly log: GatewayLog;
  /** How long a change may wait to be written, so that many are written at once; ms. */
  readonly delay?: number;
}

/** What a copy says of itself. */
export interface CopyMark {
  /** Whether it is of the database of this node. */
  readonly isOurs: boolean;
  /** Of which store there; null when it does not say so. */
  readonly identity: string | null;
  readonly revision: number;
}

interface Wanted {
  readonly snapshot: Snapshot;
  readonly identity: string;
}

/** Fast rather than small: still a tenth of the text. */
const COMPRESSION_LEVEL = 1;

/** The copy on disk of the configuration that was served last. It holds secrets: 0600. */
export class SnapshotFile {
  readonly #options: SnapshotFileOptions;
  #wanted: Wanted | null = null;
  /** What is on disk. */
  #saved: { readonly revision: number; readonly hash: string } | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** ms */
  #lastDuration = 0;
  #writing: Promise<void> | null = null;

  constructor(options: SnapshotFileOptions) {
    this.#options = options;
  }

  get path(): string {
    return this.#options.path;
  }

  /**
   * Has a configuration written soon. Of several only the last one is.
   *
   * @param identity of the store that it is from
   */
  save(snapshot: Snapshot, identity: string): void {
    this.#wanted = { snapshot, identity };
    this.#timer ??= setTimeout(() => void this.#write(), this.#delay).unref();
  }

  /** Writing may take a tenth of the time, however large the configuration is. */
  get #delay(): number {
    return Math.max(this.#options.delay ?? 1000, 9 * this.#lastDuration);
  }

  /** What the copy on disk says of itself; null when there is none that can be read. */
  async mark(): Promise<CopyMark | null> {
    const { path, origin } = this.#options;
    const header = await readSnapshotHeader(path);
    if (header === undefined) return null;
    const { identity = null, revision } = header;
    return { isOurs: header.origin === origin, identity, revision };
  }

  /**
   * Keeps the copy under a name of its own, which nothing replaces.
   *
   * @returns its path; null when there is none, or it could not be done, which is logged
   */
  async setAside(): Promise<string | null> {
    await this.#write();
    const { path, log } = this.#options;
    const header = await readSnapshotHeader(path);
    if (header === undefined) return null;
    const time = new Date(header.saved_at).toISOString().replaceAll(/[:.]/g, '-');
    const aside = join(dirname(path), `snapshot-${header.revision}-${time}.gz`);
    try {
      await keepAs(path, aside);
      await syncFolder(dirname(path));
      return aside;
    } catch (error) {
      log.error('the copy of the configuration could not be set aside', {
        path,
        reason: (error as Error).message,
      });
      return null;
    }
  }

  /** @returns what was saved, or why it cannot be used */
  read(): Promise<SavedConfiguration | string> {
    return readCopy(this.#options.path, this.#options.origin);
  }

  /** Writes what waits to be written. */
  async close(): Promise<void> {
    await this.#write();
  }

  async #write(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#writing;
    const wanted = this.#wanted;
    this.#wanted = null;
    if (wanted === null || isSame(wanted.snapshot, this.#saved)) return;
    this.#writing = this.#replace(wanted).finally(() => (this.#writing = null));
    await this.#writing;
  }

  /** Another file takes the place of the old one when all of it is on disk. */
  async #replace(wanted: Wanted): Promise<void> {
    const { path, log } = this.#options;
    const temporary = `${path}.new`;
    const start = performance.now();
    try {
      await rm(temporary, { force: true });
      await this.#writeTo(temporary, wanted);
      await rename(temporary, path);
      await syncFolder(dirname(path));
      const { revision, hash } = wanted.snapshot;
      this.#saved = { revision, hash };
    } catch (error) {
      log.error('the copy of the configuration could not be written; the one before stays', {
        path,
        reason: (error as Error).message,
      });
    } finally {
      this.#lastDuration = performance.now() - start;
    }
  }

  async #writeTo(path: string, { snapshot, identity }: Wanted): Promise<void> {
    const file = await open(path, 'wx', 0o600);
    try {
      const gzip = createGzip({ level: COMPRESSION_LEVEL });
      const written = file.writeFile(gzip);
      // Whoever waits for it gets the error, too.
      written.catch(() => gzip.destroy());
      const { origin } = this.#options;
      for (const piece of snapshotText(snapshot, { origin, identity }, Date.now())) {
        if (gzip.destroyed) break;
        if (!gzip.write(piece)) await Promise.race([once(gzip, 'drain'), written]);
        await turn();
      }
      gzip.end();
      await written;
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

function isSame(
  { revision, hash }: Snapshot,
  other: { readonly revision: number; readonly hash: string } | null,
): boolean {
  return other?.revision === revision && other.hash === hash;
}

async function keepAs(path: string, aside: string): Promise<void> {
  try {
    await link(path, aside);
  } catch (error) {
    // Not every file system has links. What is there under this name is the same copy.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await copyFile(path, aside);
  }
}

/** So that the new name is on disk as well. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
