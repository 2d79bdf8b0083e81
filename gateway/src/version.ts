import { readFileSync } from 'node:fs';

// One level below the package both in `src` and in the compiled `dist`.
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Version of this package, e.g. `0.1.0`. */
export const version: string = manifest.version;
