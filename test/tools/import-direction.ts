/** Holds that imports inside the gateway go from the top down. Exits with 1 and a list if not. */
import { readImports } from './import-graph.ts';
import { brokenRules } from './import-rules.ts';

const folder = process.argv[2] ?? 'gateway/src';
const imports = readImports(folder);
const broken = brokenRules(imports);
for (const problem of broken) console.error(`${folder}/${problem}`);
console.log(`imports of ${folder}: ${imports.length} checked, ${broken.length} wrong`);
process.exitCode = broken.length === 0 && imports.length > 0 ? 0 : 1;
