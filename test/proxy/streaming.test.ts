import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { get, head } from '../support/message.ts';
import { useSite } from '../support/site.ts';
import { until } from '../support/until.ts';

/** Slow on purpose, because of the sizes: leave out with `--test-skip-pattern=gigabyte`. */

const mebibyte = 1 << 20;
const gibibyte = 1 << 30;
const piece = Buffer.alloc(256 * 1024, 'sluice');

function residentBytes(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1]) * 1024;
}

/** Watches the resident memory of a process; `peak()` is the most that was seen above the start. */
function watchMemory(pid: number): { growth(): number; stop(): void } {
  const start = residentBytes(pid);
  let peak = start;
  const timer = setInterval(() => (peak = Math.max(peak, residentBytes(pid))), 20);
  return {
    growth: () => Math.max(peak, residentBytes(pid)) - start,
    stop: () => clearInterval(timer),
  };
}

describe('Streaming', { skip: process.platform !== 'linux' && 'reads /proc' }, () => {
  const site = useSite();

  async function downloads(bytes: number): Promise<void> {
    await site.serve(async (exchange) => {
      await exchange.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n`);
      for (let sent = 0; sent < bytes; sent += piece.length) await exchange.write(piece);
    });
  }

  it('a download of a gigabyte grows the process by less than 64 MiB', async () => {
    await downloads(gibibyte);
    const memory = watchMemory(site.gateway.pid);
    const client = await site.connect();
    client.send(get());
    await client.head();
    let received = 0;
    while (received < gibibyte) {
      received += (await client.stream.readSome('body', gibibyte - received))?.length ?? Infinity;
    }
    memory.stop();
    assert.equal(received, gibibyte);
    assert.ok(memory.growth() < 64 * mebibyte, `grew by ${memory.growth() / mebibyte} MiB`);
  });

  it('an upload of a gigabyte grows the process by less than 64 MiB', async () => {
    let received = 0;
    await site.serve(async (exchange) => {
      received = await exchange.discardBody();
      await exchange.send(200, 'stored');
    });
    const memory = watchMemory(site.gateway.pid);
    const client = await site.connect();
    client.send(head('POST / HTTP/1.1', 'Host: h', `Content-Length: ${gibibyte}`));
    for (let sent = 0; sent < gibibyte; sent += piece.length) {
      if (!client.socket.write(piece)) {
        await new Promise<void>((resolve) => client.socket.once('drain', resolve));
      }
    }
    assert.equal((await client.response('POST')).text, 'stored');
    memory.stop();
    assert.equal(received, gibibyte);
    assert.ok(memory.growth() < 64 * mebibyte, `grew by ${memory.growth() / mebibyte} MiB`);
  });

  it('a client that does not read makes the upstream wait', async () => {
    let sent = 0;
    await site.serve(async (exchange) => {
      await exchange.write(`HTTP/1.1 200 OK\r\nContent-Length: ${gibibyte}\r\n\r\n`);
      for (; sent < gibibyte && !exchange.connection.socket.destroyed; sent += piece.length) {
        await exchange.write(piece);
      }
    });
    const memory = watchMemory(site.gateway.pid);
    const client = await site.connect();
    client.send(get());
    await client.head();
    client.socket.pause();
    let before = -1;
    await until('the upstream is held up', async () => {
      const still = sent === before;
      before = sent;
      await delay(200);
      return still && sent > 0;
    });
    memory.stop();
    assert.ok(sent < 64 * mebibyte, `the upstream could send ${sent / mebibyte} MiB`);
    assert.ok(memory.growth() < 64 * mebibyte, `grew by ${memory.growth() / mebibyte} MiB`);
  });

  it('an upstream that does not read makes the client wait', async () => {
    await site.serve((exchange) => {
      exchange.connection.socket.pause();
      return new Promise<void>(() => undefined);
    });
    const memory = watchMemory(site.gateway.pid);
    const client = await site.connect();
    client.send(head('POST / HTTP/1.1', 'Host: h', `Content-Length: ${gibibyte}`));
    await site.origin.exchange();
    let sent = 0;
    for (; sent < 256 * mebibyte; sent += piece.length) {
      if (client.socket.write(piece)) continue;
      const drained = new Promise<boolean>((resolve) =>
        client.socket.once('drain', () => resolve(true)),
      );
      if (!(await Promise.race([drained, delay(500, false)]))) break;
    }
    memory.stop();
    assert.ok(sent < 64 * mebibyte, `the client could send ${sent / mebibyte} MiB`);
    assert.ok(memory.growth() < 64 * mebibyte, `grew by ${memory.growth() / mebibyte} MiB`);
  });
});
