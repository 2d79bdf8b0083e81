import assert from 'node:assert/strict';
import { it } from 'node:test';
import { onEveryStore } from '../support/stores.ts';
import { runKillRounds } from './kill-rounds.ts';

/** Every run of the tests makes the same writes; `npm run test:kill` makes others, and more. */
const SEED = 20_261_126;
const ROUNDS = 4;
const victims = ['gateway', 'database'] as const;

onEveryStore(
  `A kill at any moment (seed ${SEED})`,
  (home) => {
    for (const victim of home.kind === 'SQLite' ? (['gateway'] as const) : victims) {
      it(`of the ${victim} loses nothing that was acknowledged, and leaves nothing half-done`, async () => {
        const place = await home.newPlace();
        const report = await runKillRounds(victim, place, home.server, ROUNDS, SEED);
        assert.deepEqual(report.problems, []);
        assert.ok(report.acknowledged > 10, `only ${report.acknowledged} writes`);
      });
    }
  },
  { durable: true },
);
