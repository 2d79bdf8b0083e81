import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { adminToken, startGateway, type Gateway } from '../support/gateway.ts';
import { PostgresServer, withoutPostgres } from '../support/postgres.ts';
import { loadAdminScenarios, stepDifferencesOf } from './admin-scenarios.ts';
import {
  options,
  replayScenario,
  reset,
  type AdminScenario,
  type StepResult,
} from './replay-admin.mjs';

const headers = { 'Kong-Admin-Token': adminToken };

describe("Kong's Admin API, recorded with a database, on SQLite", () => {
  replayAll('postgres', () => start());
});

describe(
  "Kong's Admin API, recorded with a database, on PostgreSQL",
  { skip: withoutPostgres },
  () => {
    let server: PostgresServer;
    after(() => server?.dispose());
    replayAll('postgres', async () => {
      server = await PostgresServer.start();
      return start({ database: await server.createDatabase() });
    });
  },
);

describe("Kong's Admin API, recorded without a database, on a file", () => {
  replayAll('off', () => start({ config: { _format_version: '3.0' }, admin: true }));
});

function start(
  where: { database?: string; config?: object; admin?: boolean } = {},
): Promise<Gateway> {
  // The recordings are about what is stored and answered, with plugins that Sluice cannot run, too;
  // and Kong lets every web page in.
  const flags = ['--allow-unsupported-plugins', '--admin-cors-origins', '*'];
  return startGateway({ ...where, flags });
}

function replayAll(mode: AdminScenario['mode'], startIt: () => Promise<Gateway>): void {
  let gateway: Gateway;
  before(async () => {
    gateway = await startIt();
  });
  after(() => gateway?.stop());

  for (const scenario of loadAdminScenarios(mode)) {
    it(`${scenario.group}: ${scenario.scenario}`, async () => {
      const base = `http://127.0.0.1:${gateway.adminPort}`;
      await reset(base, headers, mode);
      const results = await replayScenario(patientOnly(scenario), base, headers, options({}));
      assertAgrees(scenario, results);
      gateway.assertRunning();
    });
  }
}

/** Kong's slow answers are waited for, but not where another one is expected. */
function patientOnly(scenario: AdminScenario): AdminScenario {
  const deliberate = stepDifferencesOf(scenario.scenario);
  const steps = scenario.steps.map((step) =>
    deliberate.has(step.id) ? { ...step, retry_ms: 0 } : step,
  );
  return { ...scenario, steps };
}

function assertAgrees({ scenario }: AdminScenario, results: readonly StepResult[]): void {
  const deliberate = stepDifferencesOf(scenario);
  const failures = results.flatMap(({ step, path, diffs }) => {
    if (!deliberate.has(step.id)) {
      return diffs.length === 0
        ? []
        : [`${step.id} ${step.request.method} ${path}\n    ${diffs.join('\n    ')}`];
    }
    return diffs.length > 0
      ? []
      : [`${step.id} agrees with Kong now: take it off admin-differences.json`];
  });
  assert.equal(failures.length, 0, failures.join('\n  '));
}
