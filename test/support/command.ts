import { spawn } from 'node:child_process';
import { sluiceCommand } from './gateway.ts';
import { within } from './until.ts';

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `sluice` with these arguments to its end. */
export async function runSluice(args: readonly string[], cwd?: string): Promise<CommandResult> {
  const child = spawn(process.execPath, [sluiceCommand, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  try {
    const code = await within(`sluice ${args.join(' ')} to end`, closed, 20_000);
    return { code, stdout, stderr };
  } finally {
    child.kill('SIGKILL');
  }
}
