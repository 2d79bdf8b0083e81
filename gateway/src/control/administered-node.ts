import type { ResolvedOption } from '../settings/resolve.ts';
import type { TargetStates } from './health/target-states.ts';
import type { LogLevelSwitch } from './log-level.ts';
import type { NodeReports } from './node-reports.ts';
import type { StatusSource } from './status/status-source.ts';

/** A node as the Admin API tells of it and acts on it, its configuration apart. */
export interface AdministeredNode extends StatusSource {
  readonly nodeId: string;
  readonly reports: NodeReports;
  readonly settings: readonly ResolvedOption[];
  readonly logLevel: LogLevelSwitch;
  /** The health of targets on this node. */
  readonly targets: TargetStates;
}
