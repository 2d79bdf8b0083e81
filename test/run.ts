/**
 * `npm test`: runs every test of the workspace. `npm test -- WORD…` runs the files whose path
 * contains one of the words. Fails when a test fails, when a test file holds no test, and when there
 * is no file to run. Says in the end what was not tested, and why.
 */
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

/** When nothing happens for this long, something hangs, ms. */
const patience = Number(process.env['TEST_PATIENCE_MS'] ?? 5 * 60_000);

const words = process.argv.slice(2);
const paths = globSync(['gateway/src/**/*.test.ts', 'bench/**/*.test.ts', 'test/**/*.test.ts'], {
  exclude: ['**/node_modules/**', '**/dist/**'],
})
  .filter((path) => words.length === 0 || words.some((word) => path.includes(word)))
  .sort();

if (paths.length === 0) {
  console.error(`no test file has a path with ${words.join(' or ') || '.test.ts'} in it`);
  process.exit(1);
}

const withoutTests = new Set(paths.map((path) => resolve(path)));
const unfinished = new Set(withoutTests);
/** Why tests were left out. */
const skipped = new Set<string>();
const giveUp = new AbortController();
let succeeded = false;

const events = run({
  files: [...withoutTests],
  // Many tests start whole gateways with threads of their own.
  concurrency: Math.min(4, availableParallelism()),
  signal: giveUp.signal,
});
// Also a file whose tests have all ended hangs when one of them left a socket or a timer behind.
const watchdog = setTimeout(() => {
  // Files report in order: of those behind the first one nothing is known.
  const [file] = unfinished;
  console.error(`${file} hangs`);
  withoutTests.clear();
  giveUp.abort();
}, patience);
events.on('data', () => watchdog.refresh());
events.on('end', () => clearTimeout(watchdog));
events.on('test:summary', ({ file, success }) => {
  // Files that ran a test have a summary each; the last one, of the whole run, names no file.
  if (file === undefined) succeeded = success;
  else {
    withoutTests.delete(file);
    unfinished.delete(file);
  }
});
events.on('test:pass', ({ name, skip }) => {
  unfinished.delete(resolve(name));
  if (typeof skip === 'string' && skip !== '') skipped.add(skip);
});
events.on('test:fail', ({ name, file }) => {
  unfinished.delete(resolve(name));
  // A file that fails to load has no summary either, but the failure says more.
  withoutTests.delete(file ?? '');
});
process.on('exit', () => {
  for (const file of withoutTests) console.error(`${file} holds no test`);
  if (!succeeded || withoutTests.size > 0) process.exitCode = 1;
  for (const reason of skipped) console.error(`NOT TESTED: ${reason}`);
});
events.compose(spec).pipe(process.stdout);
