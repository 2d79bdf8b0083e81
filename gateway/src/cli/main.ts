import { runCli } from './program.ts';

const { stdout, stderr, env: environment } = process;

// Whoever reads our output may stop reading, as in `sluice check … | head`.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(1);
  throw error;
});
// There is nowhere left to say that nobody listens.
stderr.on('error', () => undefined);

const status = await runCli(process.argv.slice(2), {
  stdin: () => process.stdin,
  stdout,
  stderr,
  environment,
});
// A pipe takes what its reader has room for: `process.exit` would drop the rest.
await Promise.all([stdout, stderr].map(written));
process.exit(status);

/** Waits until everything that was written has been taken, or nobody is there to take it. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
