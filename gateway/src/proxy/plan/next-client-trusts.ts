import type { RouteRecord } from '../../snapshot/records.ts';
import type { PersistentMap } from '../../snapshot/persistent-map.ts';
import { splitHost } from '../http1/host-field.ts';
import { ANY_SERVER, ClientTrusts } from './client-trusts.ts';
import type { Compiled } from './compiled.ts';
import type { PluginInstance } from './plan.ts';
import type { InstanceChange } from './plugin-instance.ts';

const ROUTES_PER_SLICE = 64;

/** Instances that want clients to be asked, after the changes. */
export function nextAsking(
  previous: ReadonlySet<PluginInstance>,
  changes: readonly InstanceChange[],
): ReadonlySet<PluginInstance> {
  const concerned = changes.filter(({ before, after }) => isAsking(before) || isAsking(after));
  if (concerned.length === 0) return previous;
  const next = new Set(previous);
  for (const { before, after } of concerned) {
    if (before !== null) next.delete(before);
    if (after !== null && isAsking(after)) next.add(after);
  }
  return next;
}

function isAsking(instance: PluginInstance | null): boolean {
  return instance?.handlers.clientAuthorities !== undefined;
}

/** What follows from the instances that ask, and from the routes that they are for. */
export function* nextClientTrusts(
  previous: Pick<Compiled, 'asking' | 'routes' | 'caCertificates' | 'clientTrusts'>,
  next: Pick<Compiled, 'asking' | 'routes' | 'caCertificates'>,
): Generator<void, ClientTrusts, void> {
  const { asking, routes, caCertificates } = next;
  const isSame =
    asking === previous.asking &&
    (asking.size === 0 ||
      (routes === previous.routes && caCertificates === previous.caCertificates));
  if (isSame) return previous.clientTrusts;
  const askings = new Map<string, { authorities: Set<string>; partial: boolean }>();
  for (const [name, { clientAuthorities }] of yield* askedNames(asking, routes)) {
    const one = askings.get(name) ?? { authorities: new Set<string>(), partial: false };
    askings.set(name, one);
    for (const id of clientAuthorities?.ids ?? []) one.authorities.add(id);
    one.partial ||= clientAuthorities?.partial ?? false;
  }
  return new ClientTrusts(askings, caCertificates, previous.clientTrusts);
}

function* askedNames(
  asking: ReadonlySet<PluginInstance>,
  routes: PersistentMap<RouteRecord>,
): Generator<void, [string, PluginInstance['handlers']][], void> {
  const found: [string, PluginInstance['handlers']][] = [];
  const ofServices = new Map<string, PluginInstance[]>();
  for (const instance of asking) {
    const { route, service } = instance.info;
    const record = route === null ? undefined : routes.get(route);
    if (record !== undefined) found.push(...namesOf(record, instance));
    else if (service !== null)
      ofServices.set(service, [...(ofServices.get(service) ?? []), instance]);
    else if (route === null) found.push([ANY_SERVER, instance.handlers]);
  }
  if (ofServices.size === 0) return found;
  let count = 0;
  for (const route of routes.values()) {
    for (const instance of ofServices.get(route.service ?? '') ?? []) {
      found.push(...namesOf(route, instance));
    }
    if (++count % ROUTES_PER_SLICE === 0) yield;
  }
  return found;
}

function namesOf(
  { snis, hosts }: RouteRecord,
  { handlers }: PluginInstance,
): [string, PluginInstance['handlers']][] {
  const names = snis ?? hosts?.map((host) => splitHost(host).name) ?? [ANY_SERVER];
  return names.map((name) => [name.toLowerCase().replace(/\.$/, ''), handlers]);
}
