import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Store } from '../contract.ts';
import type { StoreTarget } from '../open-store.ts';

const fixture = fileURLToPath(new URL('writer.fixture.ts', import.meta.url));

/**
 * Lets a process write until it has committed something and a moment more, and ends it by `kill`.
 *
 * @returns the names that it said were committed
 */
export async function writeUntilKilled(
  target: StoreTarget,
  kill: (writer: { kill(): void }) => Promise<void> | void,
): Promise<string[]> {
  const child = spawn(process.execPath, [fixture, JSON.stringify(target)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  const first = once(child.stdout, 'data');
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  const ended = once(child, 'close');
  await Promise.race([first, ended]);
  assert.notEqual(output, '', `the writer wrote nothing: ${errors}`);
  // Any moment is as good as another: that is what is tested.
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
  try {
    await kill({ kill: () => void child.kill('SIGKILL') });
  } finally {
    child.kill('SIGKILL');
  }
  await ended;
  return output.split('\n').slice(0, -1);
}

/** Everything that was said to be committed is there, whole, and so is its history. */
export async function assertKept(store: Store, names: readonly string[]): Promise<void> {
  const { tables, revision } = await store.load();
  const services = new Map([...tables.services.values()].map((one) => [one.name, one]));
  const routes = new Map([...tables.routes.values()].map((one) => [one.name, one]));
  for (const name of names) assert.ok(services.has(name), `${name} was lost`);
  assert.deepEqual([...services.keys()].sort(), [...routes.keys()].sort(), 'nothing is half there');
  assert.equal(revision, services.size);
  const history = (await store.changesSince(0, 1_000_000)) ?? [];
  assert.deepEqual(
    history.map((one) => one.revision),
    Array.from({ length: revision }, (_, index) => index + 1),
  );
}
