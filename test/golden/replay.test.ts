import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ConfigurationRefused } from '../support/gateway.ts';
import type { Scenario } from './replay-proxy.mjs';
import { ReplaySession, type Verdict } from './replay-session.ts';
import { bySettings, differencesOf, loadScenarios, waiting, waitsInPart } from './scenarios.ts';

for (const workers of [1, 2]) {
  for (const [settings, scenarios] of bySettings(
    loadScenarios().filter((one) => !isForAdmin(one) && !waitsInPart(one.scenario)),
  )) {
    const named = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    describe(`Kong's recordings, ${workers} threads, ${named.join(' ') || 'default settings'}`, () => {
      replayAll(settings, scenarios, workers);
    });
  }

  describe(`Kong's recordings of which a part waits, ${workers} threads`, () => {
    const inPart = loadScenarios().filter(({ scenario }) => waitsInPart(scenario));
    replayAll({}, inPart, workers, ['--allow-unsupported-plugins']);
  });

  describe(`Kong's recordings of /config, ${workers} threads`, () => {
    // What they load is never asked to run.
    replayAll({}, loadScenarios().filter(isForAdmin), workers, ['--allow-unsupported-plugins']);
  });
}

/** Whether a scenario asks the Admin API instead of the proxy. */
function isForAdmin({ exchanges }: Scenario): boolean {
  return exchanges.some(({ kind }) => kind === 'admin');
}

function replayAll(
  settings: Readonly<Record<string, string>>,
  scenarios: readonly Scenario[],
  workers: number,
  flags: readonly string[] = [],
): void {
  let session: ReplaySession;
  before(async () => {
    session = await ReplaySession.start(settings, workers, flags);
  });
  after(() => session?.stop());

  for (const scenario of scenarios) {
    const waitsFor = waiting.get(scenario.scenario);
    if (waitsFor === undefined) {
      it(scenario.scenario, async () => {
        assertAgrees(scenario.scenario, await session.replay(scenario));
      });
    } else {
      it(`${scenario.scenario} (waits for ${waitsFor})`, async () => {
        assert.ok(
          await stillWaits(session, scenario),
          `${scenario.scenario} agrees with Kong now: take it off waiting.json`,
        );
      });
    }
  }
}

function assertAgrees(scenario: string, verdicts: readonly Verdict[]): void {
  const deliberate = differencesOf(scenario);
  const failures: string[] = [];
  for (const { exchange, differences } of verdicts) {
    if (deliberate.has(exchange)) {
      if (differences.length === 0) {
        failures.push(`${exchange} agrees with Kong now: take it off the list`);
      }
    } else if (differences.length > 0) {
      failures.push(`${exchange}: ${differences.join('\n    ')}`);
    }
  }
  const replayed = new Set(verdicts.map((verdict) => verdict.exchange));
  for (const id of deliberate.keys()) {
    if (!replayed.has(id)) failures.push(`a list names ${id}, which is no exchange`);
  }
  assert.equal(failures.length, 0, failures.join('\n  '));
}

/** Whether its configuration is still refused, or an exchange still differs without a listed reason. */
async function stillWaits(session: ReplaySession, scenario: Scenario): Promise<boolean> {
  let verdicts: Verdict[];
  try {
    verdicts = await session.replay(scenario);
  } catch (error) {
    if (error instanceof ConfigurationRefused) return true;
    throw error;
  }
  const deliberate = differencesOf(scenario.scenario);
  return verdicts.some((one) => one.differences.length > 0 && !deliberate.has(one.exchange));
}
