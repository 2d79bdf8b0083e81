import { createReadStream, truncateSync } from 'node:fs';
import { until } from './until.ts';

/**
 * Checks that every request of a round left a line, and empties the file for the next round.
 *
 * @param requests that were answered
 * @returns what is wrong, in words; empty when nothing is
 */
export async function checkAccessLines(file: string, requests: number): Promise<string[]> {
  let lines = 0;
  try {
    await until('every line is written', async () => (lines = await countLines(file)) >= requests, {
      timeout: 3000,
      interval: 200,
    });
    return [];
  } catch {
    return [`${requests - lines} of ${requests} access lines are missing`];
  } finally {
    truncateSync(file);
  }
}

async function countLines(file: string): Promise<number> {
  let lines = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    const bytes = chunk as Buffer;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
  }
  return lines;
}
