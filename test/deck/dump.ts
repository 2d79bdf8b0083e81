import type { JsonObject } from '../support/admin-client.ts';
import { credentialKinds, idOf, kindOf, type Entity, type KindName } from './kinds.ts';
import type { State } from './state.ts';
import type { Content } from './state-file.ts';

/** Fields that a dump leaves out: the gateway makes them, or the place in the file tells them. */
const leftOut = ['id', 'created_at', 'updated_at', 'ws_id', 'cert_digest'];

/** A state as a state file with every value in it, each list in the order of decK's identities. */
export function dumpState(state: State): Content {
  return withoutEmpty({
    _format_version: '3.0',
    services: all(state, 'services').map((service) => ({
      ...bare(service, 'client_certificate'),
      client_certificate: idOf(service['client_certificate']) || null,
      routes: of(state, 'routes', 'service', service).map((route) => routeOf(state, route)),
      plugins: pluginsOf(state, 'service', service),
    })),
    routes: all(state, 'routes')
      .filter(({ service }) => idOf(service) === '')
      .map((route) => routeOf(state, route)),
    consumers: all(state, 'consumers').map((consumer) => ({
      ...bare(consumer),
      ...Object.fromEntries(
        credentialKinds.map(({ name }) => [
          name,
          of(state, name, 'consumer', consumer).map((one) => bare(one, 'consumer')),
        ]),
      ),
    })),
    plugins: all(state, 'plugins')
      .filter(isGlobalOrShared)
      .map((plugin) => ({
        ...bare(plugin, 'service', 'route', 'consumer'),
        service: nameOf(state, 'services', 'name', plugin['service']),
        route: nameOf(state, 'routes', 'name', plugin['route']),
        consumer: nameOf(state, 'consumers', 'username', plugin['consumer']),
      })),
    upstreams: all(state, 'upstreams').map((upstream) => ({
      ...bare(upstream),
      targets: of(state, 'targets', 'upstream', upstream).map((one) => bare(one, 'upstream')),
    })),
    // Services refer to certificates by their id, so it is kept.
    certificates: all(state, 'certificates').map((certificate) => ({
      ...bare(certificate, 'snis'),
      id: certificate.id,
      snis: of(state, 'snis', 'certificate', certificate).map((one) => bare(one, 'certificate')),
    })),
    ca_certificates: all(state, 'ca_certificates').map((one) => bare(one)),
    vaults: all(state, 'vaults').map((one) => bare(one)),
    key_sets: all(state, 'key_sets').map((one) => bare(one)),
    keys: all(state, 'keys').map((key) => ({
      ...bare(key, 'set'),
      set: key['set'] ? { name: nameOf(state, 'key_sets', 'name', key['set']) } : null,
    })),
  }) as Content;
}

function routeOf(state: State, route: Entity): JsonObject {
  return { ...bare(route, 'service'), plugins: pluginsOf(state, 'route', route) };
}

/** Plugins of exactly one service or route stand below it; consumers' and others' at the top. */
function pluginsOf(state: State, field: 'service' | 'route', owner: Entity): JsonObject[] {
  return of(state, 'plugins', field, owner)
    .filter((plugin) => !isGlobalOrShared(plugin))
    .map((plugin) => bare(plugin, 'service', 'route', 'consumer'));
}

function isGlobalOrShared({ service, route, consumer }: Entity): boolean {
  return idOf(consumer) !== '' || (idOf(service) === '') === (idOf(route) === '');
}

function all(state: State, kind: KindName): Entity[] {
  const { identity } = kindOf(kind);
  // Identities hold ids; what is sorted by them must not depend on which ids there are.
  const key = (entity: Entity): string =>
    `${identity(entity).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '')}\n${JSON.stringify(bare(entity))}`;
  return state.all(kind).sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

function of(state: State, kind: KindName, field: string, owner: Entity): Entity[] {
  return all(state, kind).filter((entity) => idOf(entity[field]) === owner.id);
}

function nameOf(state: State, kind: KindName, field: string, reference: unknown): unknown {
  return state.get(kind, idOf(reference))?.[field] ?? null;
}

/** An entity without what the gateway made, and without these fields. */
function bare(entity: Entity, ...fields: string[]): JsonObject {
  const entries = Object.entries(entity).filter(
    ([name]) => !leftOut.includes(name) && !fields.includes(name),
  );
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Without nulls and empty lists at any depth of the document that decK itself writes. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null && item !== undefined)
      .map(([name, item]) => [name, withoutEmpty(item)]),
  );
}
