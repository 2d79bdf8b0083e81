import { closeSync, write, writeSync } from 'node:fs';
import { type LogTarget, openLogTarget } from './log-target.ts';

export interface LogSinkOptions {
  /** `stdout`, or the path of a file or named pipe. */
  readonly target: string;
  /** Told once when lines cannot be written, and once when they can again. */
  readonly onProblem: (message: string) => void;
  /** Lines are written once there are so many bytes of them; 64 KiB by default. */
  readonly flushBytes?: number;
  /** Lines wait at most so long for others to be written with, ms; 100 by default. */
  readonly flushDelay?: number;
  /** Most bytes kept for a target that is slow; 4 MiB by default. Lines beyond them are dropped. */
  readonly maxBytes?: number;
}

/** How long to wait before a target is tried again that takes nothing now, ms. */
const RETRY_DELAY = 20;

/** Most bytes written before other work of the thread gets its turn. */
const BYTES_A_TURN = 256 * 1024;

const LINE_FEED = 0x0a;

/** Room in a batch beyond what fills it, for the line that does. */
const SPARE_BYTES = 16 * 1024;

/** Length of an empty batch: one byte is left free for a line feed in front. */
const NOTHING = 1;

/**
 * Writes lines in batches and never makes a request wait: when the target is slow, lines wait in
 * bounded memory; when that is full, they are dropped and counted. Other threads may write to the same
 * target: lines stay whole.
 */
export class LogSink {
  /** Lines that were not written. */
  dropped = 0;
  readonly #options: LogSinkOptions;
  readonly #flushBytes: number;
  readonly #flushDelay: number;
  readonly #maxBytes: number;
  #target: LogTarget;
  /** Takes the place of `#target` at the end of a line. */
  #nextTarget: LogTarget | null = null;
  /** Lines that wait for others, as bytes: texts that were put together take many times their room. */
  #batch: Buffer;
  #length = NOTHING;
  /** A batch that was written, to be filled again: memory that was used just now is near. */
  #spare: Buffer | null = null;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #writing = false;
  /** The last write ended within a line. */
  #inLine = false;
  #failing = false;
  #closed = false;
  #flushTimer: NodeJS.Timeout | null = null;
  #retryTimer: NodeJS.Timeout | null = null;
  #idle: PromiseWithResolvers<void> | null = null;

  /** @throws OperatorError when the target cannot be opened */
  constructor(options: LogSinkOptions) {
    this.#options = options;
    this.#flushBytes = options.flushBytes ?? 64 * 1024;
    this.#flushDelay = options.flushDelay ?? 100;
    this.#maxBytes = options.maxBytes ?? 4 * 1024 * 1024;
    this.#target = openLogTarget(options.target);
    this.#batch = this.#newBatch();
  }

  /** Takes a line, which ends in a line feed. */
  append(line: string): void {
    if (this.#closed || this.#queuedBytes + this.#length + line.length > this.#maxBytes) {
      this.dropped++;
      return;
    }
    // UTF-8 takes at most three bytes a UTF-16 unit.
    if (line.length * 3 > this.#batch.length - this.#length) this.#appendLong(line);
    else this.#length += this.#batch.write(line, this.#length);
    if (this.#length > this.#flushBytes) this.#writeBatch();
    else this.#flushTimer ??= setTimeout(() => this.#writeBatch(), this.#flushDelay);
  }

  #appendLong(line: string): void {
    const bytes = Buffer.from(line);
    const batch = Buffer.allocUnsafe(this.#length + bytes.length + SPARE_BYTES);
    this.#batch.copy(batch, 0, 0, this.#length);
    bytes.copy(batch, this.#length);
    this.#batch = batch;
    this.#length += bytes.length;
  }

  #newBatch(): Buffer {
    const spare = this.#spare;
    this.#spare = null;
    return spare ?? Buffer.allocUnsafeSlow(this.#flushBytes + SPARE_BYTES);
  }

  /** @param bytes of a batch, all of them written */
  #reuse({ buffer }: Buffer): void {
    if (buffer.byteLength === this.#flushBytes + SPARE_BYTES) this.#spare = Buffer.from(buffer);
  }

  /** Opens the path anew, as after a rotation. Keeps the old file when that fails. */
  reopen(): void {
    if (this.#closed || !this.#target.owned) return;
    try {
      const target = openLogTarget(this.#options.target);
      if (this.#nextTarget !== null) closeSync(this.#nextTarget.fd);
      this.#nextTarget = target;
    } catch (error) {
      this.#options.onProblem(`${(error as Error).message}; the old file stays in use`);
    }
    this.#writeBatch();
  }

  /** Writes what is there. Resolves when it is written, or dropped because it cannot be. */
  flush(): Promise<void> {
    this.#writeBatch();
    if (this.#queue.length === 0) return Promise.resolve();
    this.#idle ??= Promise.withResolvers();
    return this.#idle.promise;
  }

  /**
   * Writes what is there and closes the target.
   *
   * @param timeout after which lines that the target did not take are dropped, ms
   */
  async close(timeout = 1000): Promise<void> {
    const deadline = Promise.withResolvers<void>();
    const timer = setTimeout(deadline.resolve, timeout);
    await Promise.race([this.flush(), deadline.promise]);
    clearTimeout(timer);
    this.#closed = true;
    if (this.#flushTimer !== null) clearTimeout(this.#flushTimer);
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    this.#writeBatch();
    this.#dropQueue();
    // A write under way still needs the descriptor.
    if (!this.#writing) this.#closeTarget();
    if (this.#nextTarget !== null) closeSync(this.#nextTarget.fd);
  }

  #closeTarget(): void {
    if (this.#target.owned) closeSync(this.#target.fd);
  }

  #writeBatch(): void {
    if (this.#flushTimer !== null) clearTimeout(this.#flushTimer);
    this.#flushTimer = null;
    if (this.#length > NOTHING) {
      // What follows a line that was cut must not become part of it.
      const mended = this.#failing && this.#inLine && this.#queue.length === 0;
      this.#batch[0] = LINE_FEED;
      const bytes = this.#batch.subarray(mended ? 0 : NOTHING, this.#length);
      this.#batch = this.#newBatch();
      this.#length = NOTHING;
      this.#queue.push(bytes);
      this.#queuedBytes += bytes.length;
    }
    this.#pump();
  }

  #pump(): void {
    if (this.#writing || this.#retryTimer !== null || this.#closed) return;
    let turn = BYTES_A_TURN;
    for (;;) {
      this.#useNextTarget();
      const bytes = this.#queue[0];
      if (bytes === undefined) return this.#nothingLeft();
      if (turn <= 0) return this.#retryAfter(0);
      const { fd, nonBlocking, atomicBytes } = this.#target;
      const length = atomicBytes === 0 ? bytes.length : wholeLines(bytes, atomicBytes);
      if (!nonBlocking) return this.#writeInBackground(fd, bytes, length);
      turn -= length;
      try {
        this.#written(writeSync(fd, bytes, 0, length));
      } catch (error) {
        return this.#failed(error as NodeJS.ErrnoException);
      }
    }
  }

  #writeInBackground(fd: number, bytes: Buffer, length: number): void {
    this.#writing = true;
    write(fd, bytes, 0, length, null, (error, written) => {
      this.#writing = false;
      if (this.#closed) return this.#closeTarget();
      if (error !== null) return this.#failed(error);
      this.#written(written);
      this.#pump();
    });
  }

  #written(count: number): void {
    const bytes = this.#queue[0]!;
    this.#queuedBytes -= count;
    if (count > 0) this.#inLine = bytes[count - 1] !== LINE_FEED;
    if (count === bytes.length) {
      this.#queue.shift();
      this.#reuse(bytes);
    } else this.#queue[0] = bytes.subarray(count);
    if (!this.#failing) return;
    this.#failing = false;
    this.#options.onProblem(
      `the log ${this.#options.target} is written again; lines dropped so far: ${this.dropped}`,
    );
  }

  #failed(error: NodeJS.ErrnoException): void {
    if (error.code === 'EAGAIN') return this.#retryAfter(RETRY_DELAY);
    this.#dropQueue();
    if (!this.#failing) {
      this.#failing = true;
      const { target } = this.#options;
      this.#options.onProblem(
        `the log ${target} cannot be written, its lines are dropped: ${error.message}`,
      );
    }
    this.#useNextTarget();
    this.#nothingLeft();
  }

  #nothingLeft(): void {
    this.#idle?.resolve();
    this.#idle = null;
  }

  #retryAfter(delay: number): void {
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = null;
      this.#pump();
    }, delay);
  }

  #dropQueue(): void {
    // A line feed at the very beginning only ends a line that was cut, and counted, before.
    if (this.#queue[0]?.[0] === LINE_FEED) this.dropped--;
    for (const bytes of this.#queue) {
      for (const byte of bytes) if (byte === LINE_FEED) this.dropped++;
    }
    this.#queue = [];
    this.#queuedBytes = 0;
  }

  #useNextTarget(): void {
    if (this.#nextTarget === null || (this.#inLine && !this.#failing)) return;
    closeSync(this.#target.fd);
    this.#target = this.#nextTarget;
    this.#nextTarget = null;
    this.#inLine = false;
  }
}

/** Bytes of as many lines as `most` bytes hold; of one line when it alone is longer. */
function wholeLines(bytes: Buffer, most: number): number {
  if (bytes.length <= most) return bytes.length;
  const last = bytes.lastIndexOf(LINE_FEED, most - 1);
  return last === -1 ? bytes.indexOf(LINE_FEED) + 1 : last + 1;
}
