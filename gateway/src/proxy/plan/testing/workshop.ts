import type {
  Change,
  PluginRecord,
  ServiceRecord,
  UpstreamRecord,
} from '../../../snapshot/records.ts';
import { compile } from '../compile.ts';
import type { Compilation } from '../compile.ts';
import type { Compiled, Makers } from '../compiled.ts';
import { StagedChanges } from '../staged-changes.ts';

/** Makers that count; what they make does nothing. */
export class Workshop implements Makers {
  readonly setups: string[] = [];
  readonly balancers: string[] = [];
  routers = 0;

  instance(record: PluginRecord) {
    this.setups.push(record.id);
    const { route = null, service = null, consumer = null } = record;
    return {
      info: { id: record.id, name: record.name, route, service, consumer },
      priority: 0,
      handlers: {},
      takes: { requests: true, streams: false },
    };
  }

  balancer(service: ServiceRecord, upstream: UpstreamRecord | null) {
    this.balancers.push(upstream?.name ?? service.host);
    return { pick: () => undefined, whenResolved: () => Promise.resolve(), dispose: () => {} };
  }

  transport(): null {
    return null;
  }

  *router(): Generator<unknown, Compiled['router'], void> {
    this.routers++;
    yield;
    return { match: () => {} };
  }
}

/** The configuration that follows, and what it leaves behind. */
export function compilationAfter(
  previous: Compiled,
  workshop: Makers,
  changes: readonly Change[],
): Compilation {
  const staged = new StagedChanges();
  for (const change of changes) staged.add(change);
  const work = compile(previous, staged, workshop);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** The configuration that follows. */
export function after(previous: Compiled, workshop: Makers, changes: readonly Change[]): Compiled {
  return compilationAfter(previous, workshop, changes).compiled;
}
