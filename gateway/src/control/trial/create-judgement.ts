import { bundledPlugins } from '../../plugins/bundled.ts';
import { knownPlugins } from '../../plugins/known.ts';
import { Judgement } from './judgement.ts';
import { Runnable } from './runnable.ts';
import { Trial } from './trial.ts';

/** The judgement of this version of Sluice over changes of a stored configuration. */
export function createJudgement(
  allowUnsupported: boolean,
  runnable = new Runnable(knownPlugins, bundledPlugins),
): Judgement {
  return new Judgement({ trial: new Trial(bundledPlugins, runnable), runnable, allowUnsupported });
}
