import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { humanLine, openGatewayLog, withDetails } from './gateway-log.ts';
import type { GatewayLog, GatewayLogOptions } from './gateway-log.ts';

function written(options: Omit<GatewayLogOptions, 'fd'>, use: (log: GatewayLog) => void): string {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-log-'));
  const path = join(directory, 'log');
  const fd = openSync(path, 'w');
  try {
    use(openGatewayLog({ ...options, fd }));
    return readFileSync(path, 'utf8');
  } finally {
    closeSync(fd);
    rmSync(directory, { recursive: true });
  }
}

describe('the gateway log', () => {
  it('is one JSON object a line where no terminal reads it', () => {
    const text = written({ level: 'info' }, (log) => {
      withDetails(log, { thread: 1 }).warn('a thread ended', { code: 7 });
      log.info('again');
    });
    const lines = text.trimEnd().split('\n');
    assert.equal(lines.length, 2);
    const { time, ...first } = JSON.parse(lines[0]!) as Record<string, unknown>;
    assert.deepEqual(first, { level: 'warn', thread: 1, code: 7, message: 'a thread ended' });
    assert.ok(!Number.isNaN(Date.parse(time as string)));
  });

  it('leaves out what is below its level', () => {
    const text = written({ level: 'warn' }, (log) => {
      log.debug('no');
      log.info('no');
      log.error('yes');
    });
    assert.equal(text.trimEnd().split('\n').length, 1);
  });

  it('is readable on a terminal', () => {
    const text = written({ level: 'info', human: true }, (log) =>
      log.info('ready', { address: '127.0.0.1:8000', note: 'two words', count: 2 }),
    );
    assert.match(
      text,
      /^\d\d:\d\d:\d\d\.\d{3} .*ready {2}address=127\.0\.0\.1:8000 {2}note="two words" {2}count=2\n$/,
    );
  });

  it('keeps texts from steering the terminal', () => {
    const json = JSON.stringify({
      level: 'info',
      time: '2026-01-01T00:00:00.000Z',
      message: 'a\x1b[2Jb\nc',
    });
    assert.equal(humanLine(json, false), '00:00:00.000 info  a\\x1b[2Jb\\x0ac\n');
  });
});
