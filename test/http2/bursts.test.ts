import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { after, describe, it } from 'node:test';
import { get } from '../support/message.ts';
import { Folder } from '../support/openssl.ts';
import { useSite } from '../support/site.ts';
import { until } from '../support/until.ts';
import { frame, FrameClient, PREFACE } from './frame-client.ts';

const DATA = 0;
const HEADERS = 1;
const SETTINGS = 4;
const END_STREAM = 1;
const END_HEADERS = 4;
/** POST / of http, as the static table has it; and the name of the host. */
const POST = Buffer.concat([Buffer.from([0x83, 0x84, 0x86, 1, 11]), Buffer.from('origin.test')]);
/** The first field of a response with status 200. */
const OK = 0x88;
const PIECE = Buffer.alloc(16 * 1024, 'x');

/** A request with a body that is longer than what is read at once. */
const burst = Buffer.concat([
  PREFACE.subarray(1),
  frame(SETTINGS, 0, 0, Buffer.alloc(0)),
  frame(HEADERS, END_HEADERS, 1, POST),
  ...Array.from({ length: 8 }, () => frame(DATA, 0, 1, PIECE)),
  frame(DATA, END_STREAM, 1, PIECE),
]);

describe('A client of HTTP/2 on a unix socket', () => {
  const folder = new Folder();
  const path = folder.at('proxy');
  const site = useSite({ listen: `127.0.0.1:0, unix:${path} http2`, workers: 1 });
  after(() => folder.remove());

  const state = (): string => {
    const stat = readFileSync(`/proc/${site.gateway.pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2)[0]!;
  };

  it('may begin with one byte, and go on with more than is read at once', async () => {
    const socket = net.connect(path);
    await once(socket, 'connect');
    const client = new FrameClient(socket);
    await client.send(PREFACE.subarray(0, 1));
    // Once the only thread has served another client, it has read the first byte.
    for (let i = 0; i < 3; i++) assert.equal((await site.fetch(get('/'))).status, 200);
    site.gateway.signal('SIGSTOP');
    await until('the gateway stands still', () => state() === 'T');
    const sent = client.send(burst);
    site.gateway.signal('SIGCONT');
    await sent;
    const isAnswer = ({ type, stream }: { type: number; stream: number }): boolean =>
      type === HEADERS && stream === 1;
    await until('it is answered', () => client.ended || client.frames.some(isAnswer));
    assert.equal(client.frames.find(isAnswer)?.payload[0], OK);
    client.close();
  });
});
