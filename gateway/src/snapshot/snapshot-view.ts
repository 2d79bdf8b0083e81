import { hasExpressions } from '../entities/router-flavor.ts';
import type { Entity, EntityTables, TableName } from '../entities/tables.ts';
import type { Snapshot } from './snapshot.ts';
import { blockedRoutes, type BlockedRoutes } from './unrunnable-plugins.ts';

/** A snapshot as proxy threads are to see it: children by parent, what is disabled
 * or cannot be served left out. */
export interface SnapshotView {
  readonly snapshot: Snapshot;
  targetsOf(upstreamId: string): readonly Entity<'targets'>[];
  groupsOf(consumerId: string): readonly Entity<'acls'>[];
  /** Whether threads are told of it; false when it, or what it belongs to, is disabled
   * or cannot be served. */
  servesService(service: Entity<'services'>): boolean;
  servesRoute(route: Entity<'routes'>): boolean;
  servesPlugin(plugin: Entity<'plugins'>): boolean;
  digest(table: TableName, id: string): string;
  /** Routes whose requests are to be refused, since a plugin that would run on them cannot. */
  readonly blocked: BlockedRoutes;
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
  const { unrunnable } = snapshot;

  function targetsOf(id: string): readonly Entity<'targets'>[] {
    return targetsByUpstream(targets).get(id) ?? [];
  }

  function groupsOf(id: string): readonly Entity<'acls'>[] {
    return groupsByConsumer(acls).get(id) ?? [];
  }

  function servesService({ enabled }: Entity<'services'>): boolean {
    return enabled;
  }

  function servesRoute({ protocols, expression, service }: Entity<'routes'>): boolean {
    if (!protocols.some(isServedProtocol)) return false;
    // Without its expression it would take everything.
    if (expression !== null && !hasExpressions()) return false;
    return service === null || isListed(service.id);
  }

  function servesPlugin(plugin: Entity<'plugins'>): boolean {
    if (!plugin.enabled || unrunnable.includes(plugin)) return false;
    const { service, route } = plugin;
    if (service !== null && !isListed(service.id)) return false;
    if (route === null) return true;
    const known = routes.get(route.id);
    return known !== undefined && servesRoute(known);
  }

  function isListed(serviceId: string): boolean {
    const service = services.get(serviceId);
    return service !== undefined && servesService(service);
  }

  return {
    snapshot,
    targetsOf,
    groupsOf,
    servesService,
    servesRoute,
    servesPlugin,
    digest: (table, id) => snapshot.digests[table].byId.get(id) ?? '',
    get blocked() {
      return blockedRoutes(snapshot.tables.plugins, snapshot.unrunnable);
    },
  };
}

/** Routes of datagrams only are stored, and not served yet. */
function isServedProtocol(protocol: string): boolean {
  return protocol !== 'udp';
}

const targetsByUpstream = grouping<'targets'>((target) => target.upstream.id);
const groupsByConsumer = grouping<'acls'>((acl) => acl.consumer.id);

/** Groups a table by a key; once, since most snapshots have the tables of the one before. */
function grouping<T extends TableName>(
  keyOf: (entity: Entity<T>) => string,
): (table: EntityTables[T]) => ReadonlyMap<string, Entity<T>[]> {
  const known = new WeakMap<EntityTables[T], ReadonlyMap<string, Entity<T>[]>>();
  return (table) => {
    let groups = known.get(table);
    if (groups === undefined) {
      groups = Map.groupBy(table.values(), keyOf);
      known.set(table, groups);
    }
    return groups;
  };
}
