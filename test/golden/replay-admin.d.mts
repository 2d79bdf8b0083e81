/** What the tests use of the recorder's replayer. */

export interface AdminStep {
  id: number;
  request: { method: string; path: string };
}

export interface AdminScenario {
  scenario: string;
  group: string;
  about: string;
  mode: 'postgres' | 'off';
  steps: AdminStep[];
}

export interface StepResult {
  step: AdminStep;
  /** The path that was asked for. */
  path: string;
  /** How the answer differed from the recording; empty when it agreed. */
  diffs: string[];
}

export interface ReplayOptions {
  schemas: 'defaults' | 'full';
}

export function loadDir(folder: string): AdminScenario[];
/** @param file rules that are added to the usual ones: `<scenario or *> <path that is passed over>` */
export function options(over?: Partial<ReplayOptions>, file?: { ignore?: string[] }): ReplayOptions;
/** Deletes every entity of the gateway, or puts an empty configuration in. */
export function reset(
  base: string,
  headers: Record<string, string>,
  mode: AdminScenario['mode'],
): Promise<void>;
export function replayScenario(
  scenario: AdminScenario,
  base: string,
  headers: Record<string, string>,
  options: ReplayOptions,
): Promise<StepResult[]>;

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

export interface RecordedStep extends AdminStep {
  response: Answer;
}

/** How an answer differs from the recorded one; empty when it agrees. */
export function checkStep(
  step: RecordedStep,
  scenario: AdminScenario,
  actual: Answer,
  variables: Record<string, unknown>,
  options: ReplayOptions,
): string[];
