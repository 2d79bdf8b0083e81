import { Random } from './random.ts';
import {
  mutatedRequestCase,
  mutatedResponseCase,
  validRequestCase,
  validResponseCase,
  type Outcome,
} from './differential.ts';

const suites = {
  'valid requests': validRequestCase,
  'mutated requests': mutatedRequestCase,
  'valid responses': validResponseCase,
  'mutated responses': mutatedResponseCase,
} as const;

export type SuiteName = keyof typeof suites;
const turns: readonly SuiteName[] = [
  'valid requests',
  ...Array<SuiteName>(6).fill('mutated requests'),
  'valid responses',
  ...Array<SuiteName>(4).fill('mutated responses'),
];

/** A difference that no exception allows, with what it takes to see it again. */
export interface Find {
  readonly suite: SuiteName;
  /** Makes the same case again. */
  readonly seed: number;
  readonly what: string;
  readonly bytes: Buffer;
}

export interface Tally {
  cases: number;
  accepted: number;
}

export interface CampaignReport {
  readonly tallies: Readonly<Record<SuiteName, Tally>>;
  /** How often each exception was needed. */
  readonly exceptions: ReadonlyMap<string, number>;
  readonly finds: readonly Find[];
}

/** Finds after which a campaign stops: more would be the same ones. */
const MOST_FINDS = 20;

/** Of the valid messages, this share must be accepted. */
const LEAST_ACCEPTED = 0.99;

/** Runs one case again. */
export function runCase(suite: SuiteName, seed: number): Promise<Outcome> {
  return suites[suite](seed);
}

export function isSuite(name: string): name is SuiteName {
  return name in suites;
}

/**
 * Runs cases of all suites in turn.
 *
 * @param seed decides everything
 * @param goOn asked before each round of cases
 */
export async function runCampaign(seed: number, goOn: () => boolean): Promise<CampaignReport> {
  const random = new Random(seed);
  const names = Object.keys(suites) as SuiteName[];
  const tallies = Object.fromEntries(
    names.map((name) => [name, { cases: 0, accepted: 0 }]),
  ) as Record<SuiteName, Tally>;
  const exceptions = new Map<string, number>();
  const finds = new Map<string, Find>();
  while (finds.size < MOST_FINDS && goOn()) {
    for (const suite of turns) {
      const caseSeed = random.seed();
      const outcome = await runCase(suite, caseSeed);
      tallies[suite].cases++;
      if (outcome.accepted) tallies[suite].accepted++;
      const { difference, exception } = outcome;
      if (exception !== null) exceptions.set(exception, (exceptions.get(exception) ?? 0) + 1);
      else if (difference !== null) {
        const what = `${difference.kind} ${difference.what}`;
        const key = `${suite}: ${what.replace(/".*/s, '')}`;
        const find = { suite, seed: caseSeed, what, bytes: outcome.bytes };
        const known = finds.get(key);
        if (known === undefined || known.bytes.length > outcome.bytes.length) finds.set(key, find);
      }
    }
  }
  return { tallies, exceptions, finds: [...finds.values()] };
}

/** What a campaign showed to be wrong, ready to be printed; empty when all is well. */
export function problemsOf({ tallies, finds }: CampaignReport): string[] {
  const problems = finds.map(describeFind);
  for (const suite of ['valid requests', 'valid responses'] as const) {
    const { cases, accepted } = tallies[suite];
    if (accepted < cases * LEAST_ACCEPTED) {
      problems.push(`only ${accepted} of ${cases} ${suite} were accepted`);
    }
  }
  return problems;
}

function describeFind({ suite, seed, what, bytes }: Find): string {
  const text = JSON.stringify(bytes.toString('latin1'));
  return `${suite}:${seed} the gateway ${what}\n  ${text}`;
}
