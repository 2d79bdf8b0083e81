/** `npm run bench:stream`: memory of the gateway while a body of 1 GiB passes, both ways. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { BenchError } from './lib/bench-error.ts';
import { siteDocument } from './lib/documents.ts';
import { residentBytesOf } from './lib/procfs.ts';
import { writeReport } from './lib/report.ts';
import { resultsFolder, writeResult } from './lib/results.ts';
import { settledBytes } from './lib/settled.ts';
import { type Sluice, prepareSluice, startSluice } from './lib/sluice.ts';
import { bodyOf, startStreamOrigin } from './lib/stream-origin.ts';
import { runSuite } from './lib/suite.ts';
import { toText } from './lib/table.ts';
import { type StreamRow, streamTable } from './lib/tables/stream.ts';
import { checkMachine } from './lib/tools.ts';

/** How often memory is read, ms. */
const INTERVAL = 100;
const MIB = 2 ** 20;

const about = 'Sends 1 GiB through the gateway both ways and watches its memory.';

await runSuite(about, async (session, options) => {
  checkMachine(['taskset'], [options.cores.proxy]);
  const bytes = (options.quick ? 64 : 1024) * MIB;
  const program = await prepareSluice(session, options.dist);
  const origin = await startStreamOrigin();
  const sluice = await startSluice(session, {
    program,
    document: siteDocument({ port: origin.port, routes: 1, path: '/' }),
    workers: 1,
    cores: String(options.cores.proxy),
  });
  const ways = { up: upload, down: download };
  // What buffers and compiled code take is there before the first byte that counts.
  for (const send of Object.values(ways)) await send(sluice, 16 * MIB);
  const rows: StreamRow[] = [];
  for (const [direction, send] of Object.entries(ways)) {
    rows.push(await watch(sluice, direction as StreamRow['direction'], bytes, send));
  }
  origin.server.close();
  origin.server.closeAllConnections();
  console.log(toText(streamTable(rows)));
  writeResult('stream', rows, options);
  writeReport(resultsFolder(options));
});

async function watch(
  sluice: Sluice,
  direction: StreamRow['direction'],
  bytes: number,
  send: (sluice: Sluice, bytes: number) => Promise<number>,
): Promise<StreamRow> {
  const { pid } = sluice.child;
  const beforeBytes = await settledBytes(pid);
  const samples: { ms: number; residentBytes: number }[] = [];
  const start = performance.now();
  const sample = (): void => {
    const ms = Math.round(performance.now() - start);
    samples.push({ ms, residentBytes: residentBytesOf(pid) });
  };
  const timer = setInterval(sample, INTERVAL);
  try {
    const arrived = await send(sluice, bytes);
    if (arrived !== bytes) throw new BenchError(`${arrived} of ${bytes} bytes arrived`);
  } finally {
    clearInterval(timer);
  }
  const seconds = (performance.now() - start) / 1000;
  sample();
  return { direction, bytes, seconds, beforeBytes, samples };
}

/** @returns bytes that the service took */
async function upload(sluice: Sluice, bytes: number): Promise<number> {
  const outgoing = request(`${sluice.url}/`, {
    method: 'POST',
    headers: { 'Content-Length': bytes },
    agent: false,
  });
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  bodyOf(bytes).pipe(outgoing);
  const [response] = await answered;
  return Number(await text(response));
}

/** @returns bytes that the client got */
async function download(sluice: Sluice, bytes: number): Promise<number> {
  const outgoing = request(`${sluice.url}/${bytes}`, { agent: false }).end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  let got = 0;
  for await (const chunk of response) got += (chunk as Buffer).length;
  return got;
}
