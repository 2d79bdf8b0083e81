import { Readable, Writable } from 'node:stream';
import { runCli } from '../../gateway/src/cli/program.ts';
import type { CommandResult } from './command.ts';

/** Runs `sluice` within this process, for suites that need it a hundred times. */
export async function runSluiceHere(
  args: readonly string[],
  input: readonly string[] = [],
): Promise<CommandResult> {
  const [stdout, stderr] = [new Collector(), new Collector()];
  const code = await runCli(args, {
    stdin: () => Readable.from(input.map((text) => Buffer.from(text))),
    stdout,
    stderr,
    environment: {},
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

class Collector extends Writable {
  readonly #chunks: Buffer[] = [];

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }
}
