import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { within } from './until.ts';

/** What `openssl s_client` told of a connection. */
export interface ClientReport {
  readonly code: number | null;
  /** All that it said, and all that came from the server. */
  readonly output: string;
}

/**
 * Connects with `openssl s_client`.
 *
 * @param words further arguments
 * @param input what it sends; a line that begins with R or Q is a command
 */
export async function sClient(
  port: number,
  words: readonly string[] = [],
  input = 'Q\n',
): Promise<ClientReport> {
  const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...words]);
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString('latin1')));
  child.stderr.on('data', (text: Buffer) => (output += text.toString('latin1')));
  child.stdin.on('error', () => undefined);
  child.stdin.write(input);
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  try {
    return { code: await within('s_client to end', closed, 10_000), output };
  } finally {
    child.kill('SIGKILL');
  }
}

/** Files for programs that want them. Whoever makes it removes it. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'sluice-files-'));

  /** @returns the path of the file */
  write(name: string, text: string): string {
    const path = this.at(name);
    writeFileSync(path, text);
    return path;
  }

  at(name: string): string {
    return join(this.path, name);
  }

  read(name: string): string {
    return readFileSync(this.at(name), 'utf8');
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
