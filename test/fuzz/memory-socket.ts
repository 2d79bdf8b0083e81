import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';

/** A socket in memory: bytes come in by `push`, what is written to it is thrown away. */
export class MemorySocket extends Duplex {
  override _read(): void {}
  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }
  override _writev(_chunks: unknown, done: () => void): void {
    done();
  }
  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

/** Resolves when `progress` has not changed for two turns of the loop: what was under way is over. */
export async function settled(progress: () => number): Promise<void> {
  let seen = -1;
  for (let quiet = 0; quiet < 2;) {
    await turn();
    const now = progress();
    quiet = now === seen ? quiet + 1 : 0;
    seen = now;
  }
}
