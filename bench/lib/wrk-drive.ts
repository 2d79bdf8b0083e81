import { checkAccessLines } from './access-lines.ts';
import type { Contestant } from './contestants.ts';
import type { Driven } from './rounds.ts';
import type { Session } from './session.ts';
import { problemsOf, runWrk } from './wrk.ts';

/**
 * Lets wrk put contestants under load.
 *
 * @param bodyBytes length of the body of each right answer
 */
export function driveWrk(
  session: Session,
  core: number,
  bodyBytes: number,
): (contestant: Contestant, seconds: number) => Promise<Driven> {
  return async ({ url, load, accessLog }, seconds) => {
    const report = await runWrk(session, url, load, seconds, core);
    const { requests, durationMicros, p50, p99 } = report;
    const problems = problemsOf(report, bodyBytes);
    if (accessLog !== undefined) problems.push(...(await checkAccessLines(accessLog, requests)));
    return { requests, seconds: durationMicros / 1e6, p50, p99, problems };
  };
}
