/** Replaces certificates under load, one a second. `npm run test:certificates -- 60` */
import { replaceUnderLoad } from './replacing.ts';

const seconds = Number(process.argv[2] ?? 60);
const { replaced, requests, handshakes, resumptions, shown, failures } = await replaceUnderLoad(
  seconds,
  1000,
);
console.log(
  `${seconds} s: ${replaced} replacements, ${requests} requests, ${handshakes} handshakes ` +
    `(${resumptions} resumed), ${shown.size} certificates shown, ${failures.length} failures`,
);
for (const failure of failures.slice(0, 20)) console.log(failure);
process.exitCode = failures.length === 0 && requests > 0 ? 0 : 1;
