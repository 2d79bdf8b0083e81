import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { sluiceCommand } from '../support/gateway.ts';

/** More than a pipe or socket holds when nobody reads. */
const mistakes = 8_000;

describe('What a command has to say', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-output-'));
  const file = join(folder, 'kong.yaml');
  before(() => {
    const services = '- {hots: a}\n'.repeat(mistakes);
    writeFileSync(file, `_format_version: "3.0"\nservices:\n${services}`);
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Reads stderr bit by bit, from when nothing more fits in. */
  async function slowlyRead(...args: string[]): Promise<{ text: string; status: number }> {
    const child = spawn(process.execPath, [sluiceCommand, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const exit = once(child, 'exit') as Promise<[number]>;
    let text = '';
    for await (const chunk of child.stderr) {
      text += String(chunk);
      await setImmediate();
    }
    return { text, status: (await exit)[0] };
  }

  it('comes out whole where the reader is slow: check', async () => {
    const { text, status } = await slowlyRead('check', file);
    assert.equal(text.match(/unknown field 'hots'/g)?.length, mistakes);
    assert.ok(text.endsWith(' problems\n'));
    assert.equal(status, 1);
  });

  it('comes out whole where the reader is slow: start', async () => {
    const listen = ['--proxy-listen', '127.0.0.1:0', '--status-listen', 'off'];
    const { text, status } = await slowlyRead('start', '--config', file, ...listen);
    assert.equal(text.match(/unknown field 'hots'/g)?.length, mistakes);
    assert.equal(status, 1);
  });

  it('may be left unread', async () => {
    const child = spawn(process.execPath, [sluiceCommand, 'check', file], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const exit = once(child, 'exit');
    child.stderr.destroy();
    assert.deepEqual(await exit, [1, null]);
  });
});
