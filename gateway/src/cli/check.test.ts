import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, describe, it } from 'node:test';
import { runCheck } from './check.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-check-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

class Collected extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

async function check(
  files: string[],
  report = false,
): Promise<{ status: number; out: string; err: string }> {
  const [stdout, stderr] = [new Collected(), new Collected()];
  const status = await runCheck(files, { report, stdout, stderr });
  const clean = (text: string): string => text.replaceAll(`${folder}/`, '');
  return { status, out: clean(stdout.text), err: clean(stderr.text) };
}

const good = file(
  'good.yaml',
  '_format_version: "3.0"\nservices: [{host: a}, {host: b}]\nconsumers: [{username: x}]\n',
);
const bad = file('bad.yaml', '_format_version: "3.0"\nservices: [{hots: a}]\n');
const ahead = file(
  'ahead.yaml',
  `_format_version: "3.0"
plugins: [{name: cors}, {name: cors}]
upstreams:
- {name: a, algorithm: latency}
- {name: b, algorithm: latency, use_srv_name: true}
`,
);

describe('sluice check', () => {
  it('says how many entities a good file has', async () => {
    assert.deepEqual(await check([good]), {
      status: 0,
      out: 'good.yaml: ok, 2 services, 1 consumer\n',
      err: '',
    });
  });

  it('prints every problem and goes on with the next file', async () => {
    assert.deepEqual(await check([bad, good]), {
      status: 1,
      out: 'good.yaml: ok, 2 services, 1 consumer\n',
      err:
        "bad.yaml:2:13: service: unknown field 'hots' (did you mean 'host'?)\n" +
        'bad.yaml: 1 problem\n',
    });
  });

  it('says when a file cannot be read', async () => {
    const { status, err } = await check([join(folder, 'none.yaml'), folder]);
    assert.equal(status, 1);
    assert.match(err, /^none\.yaml:1:1: no such file$/m);
    assert.match(err, /:1:1: cannot be read \(EISDIR\)$/m);
  });

  it('reports what is not supported by plugin and field, with counts', async () => {
    const { status, out } = await check([ahead, bad], true);
    assert.equal(status, 1);
    assert.equal(
      out,
      `Not supported yet:
  plugin cors: 2
  upstreams
    algorithm: 2
    use_srv_name: 1
`,
    );
  });

  it('reports when there is nothing to report', async () => {
    assert.deepEqual(await check([good], true), {
      status: 0,
      out: 'good.yaml: ok, 2 services, 1 consumer\nNothing here is unsupported.\n',
      err: '',
    });
  });
});
