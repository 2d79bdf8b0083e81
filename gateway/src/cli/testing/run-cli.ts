import { Readable, Writable } from 'node:stream';
import { runCli } from '../program.ts';

export interface CliResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line with this standard input and these variables only. */
export async function sluice(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  input: readonly string[] = [],
): Promise<CliResult> {
  const stdout = collector();
  const stderr = collector();
  const status = await runCli(args, {
    stdin: () => Readable.from(input.map((text) => Buffer.from(text))),
    stdout: stdout.stream,
    stderr: stderr.stream,
    environment,
  });
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

function collector() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}
