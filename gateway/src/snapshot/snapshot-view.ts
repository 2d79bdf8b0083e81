import type { Entity, TableName } from '../entities/tables.ts';
import type { Snapshot } from './snapshot.ts';

/** A snapshot as proxy threads are to see it: children by parent, what is disabled left out. */
export interface SnapshotView {
  readonly snapshot: Snapshot;
  targetsOf(upstreamId: string): readonly Entity<'targets'>[];
  groupsOf(consumerId: string): readonly Entity<'acls'>[];
  /** Whether threads are told of it; false when it, or what it belongs to, is disabled. */
  isServiceServed(service: Entity<'services'> | undefined): boolean;
  isRouteServed(route: Entity<'routes'> | undefined): boolean;
  isPluginServed(plugin: Entity<'plugins'>): boolean;
  digest(table: TableName, id: string): string;
}

const views = new WeakMap<Snapshot, SnapshotView>();

/** The view of a snapshot, made once. */
export function viewOf(snapshot: Snapshot): SnapshotView {
  let view = views.get(snapshot);
  if (view === undefined) {
    view = createView(snapshot);
    views.set(snapshot, view);
  }
  return view;
}

function createView(snapshot: Snapshot): SnapshotView {
  const { services, routes, targets, acls } = snapshot.tables;
  let targetsByUpstream: ReadonlyMap<string, Entity<'targets'>[]> | undefined;
  let groupsByConsumer: ReadonlyMap<string, Entity<'acls'>[]> | undefined;

  function targetsOf(id: string): readonly Entity<'targets'>[] {
    targetsByUpstream ??= groupBy(targets.values(), (target) => target.upstream.id);
    return targetsByUpstream.get(id) ?? [];
  }

  function groupsOf(id: string): readonly Entity<'acls'>[] {
    groupsByConsumer ??= groupBy(acls.values(), (acl) => acl.consumer.id);
    return groupsByConsumer.get(id) ?? [];
  }

  function isServiceServed(service: Entity<'services'> | undefined): boolean {
    return service?.enabled === true;
  }

  function isRouteServed(route: Entity<'routes'> | undefined): boolean {
    if (route === undefined) return false;
    return route.service === null || isServiceServed(services.get(route.service.id));
  }

  function isPluginServed({ enabled, service, route }: Entity<'plugins'>): boolean {
    if (!enabled) return false;
    if (service !== null && !isServiceServed(services.get(service.id))) return false;
    return route === null || isRouteServed(routes.get(route.id));
  }

  return {
    snapshot,
    targetsOf,
    groupsOf,
    isServiceServed,
    isRouteServed,
    isPluginServed,
    digest: (table, id) => snapshot.digests[table].byId.get(id) ?? '',
  };
}

function groupBy<T>(entities: Iterable<T>, keyOf: (entity: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const entity of entities) {
    const key = keyOf(entity);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entity]);
    else group.push(entity);
  }
  return groups;
}
