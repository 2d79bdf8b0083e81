import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../support/admin-client.ts';
import type { Defaults } from './defaults.ts';
import { credentialKinds, type Entity, type KindName } from './kinds.ts';
import { State } from './state.ts';
import { entitiesIn, type Content } from './state-file.ts';

/**
 * What a gateway should have, by a state file: complete entities with the ids that the gateway has
 * for them already, and new ones for the others.
 */
export function targetState(content: Content, current: State, defaults: Defaults): State {
  return new TargetBuilder(content, current, defaults).build();
}

class TargetBuilder {
  readonly #content: Content;
  readonly #current: State;
  readonly #defaults: Defaults;
  readonly #target = new State();

  constructor(content: Content, current: State, defaults: Defaults) {
    this.#content = content;
    this.#current = current;
    this.#defaults = defaults;
  }

  build(): State {
    const content = this.#content;
    for (const one of entitiesIn(content, 'certificates')) this.#addCertificate(one);
    for (const name of ['ca_certificates', 'vaults', 'key_sets'] as const) {
      for (const one of entitiesIn(content, name)) this.#add(name, one);
    }
    for (const key of entitiesIn(content, 'keys')) {
      this.#add('keys', { ...key, set: this.#reference('key_sets', 'name', key['set']) });
    }
    for (const consumer of entitiesIn(content, 'consumers')) this.#addConsumer(consumer);
    for (const upstream of entitiesIn(content, 'upstreams')) this.#addUpstream(upstream);
    for (const service of entitiesIn(content, 'services')) this.#addService(service);
    for (const route of entitiesIn(content, 'routes')) {
      this.#addRoute(route, this.#reference('services', 'name', route['service']));
    }
    this.#addPlugins(content, {});
    return this.#target;
  }

  #addCertificate({ snis, ...certificate }: JsonObject): void {
    const { id } = this.#add('certificates', certificate);
    for (const sni of (snis ?? []) as JsonObject[]) {
      this.#add('snis', { ...sni, certificate: { id } });
    }
  }

  #addConsumer(given: JsonObject): void {
    const { rest, children } = parted(given, [...credentialKinds.map(({ name }) => name)]);
    const { plugins, ...consumer } = rest;
    const { id } = this.#add('consumers', consumer);
    for (const [kind, credentials] of children) {
      for (const one of credentials) this.#add(kind, { ...one, consumer: { id } });
    }
    this.#addPlugins({ plugins }, { consumer: { id } });
  }

  #addUpstream({ targets, ...upstream }: JsonObject): void {
    const { id } = this.#add('upstreams', upstream);
    for (const target of (targets ?? []) as JsonObject[]) {
      this.#add('targets', { ...target, upstream: { id } });
    }
  }

  #addService({ routes, plugins, ...given }: JsonObject): void {
    const service = withoutUrl(given);
    const certificate = service['client_certificate'];
    if (typeof certificate === 'string') service['client_certificate'] = { id: certificate };
    const { id } = this.#add('services', service);
    for (const route of (routes ?? []) as JsonObject[]) this.#addRoute(route, { id });
    this.#addPlugins({ plugins }, { service: { id } });
  }

  #addRoute({ plugins, ...route }: JsonObject, service: { id: string } | null): void {
    const { id } = this.#add('routes', { ...route, service });
    this.#addPlugins({ plugins }, { route: { id } });
  }

  #addPlugins(parent: Readonly<JsonObject>, scope: JsonObject): void {
    for (const { _config: shared, ...plugin } of entitiesIn(parent, 'plugins')) {
      const base = typeof shared === 'string' ? this.#content._plugin_configs?.[shared] : {};
      this.#add('plugins', {
        ...plugin,
        config: { ...base, ...(plugin['config'] as JsonObject | undefined) },
        service: this.#reference('services', 'name', plugin['service']),
        route: this.#reference('routes', 'name', plugin['route']),
        consumer: this.#reference('consumers', 'username', plugin['consumer']),
        ...scope,
      });
    }
  }

  /** A foreign key from what a file has for one: a name, an id, or an object with one of them. */
  #reference(kind: KindName, field: string, given: unknown): { id: string } | null {
    if (given === undefined || given === null) return null;
    const wanted = typeof given === 'string' ? given : Object.values(given as JsonObject)[0];
    const found = this.#target
      .all(kind)
      .find((entity) => entity.id === wanted || entity[field] === wanted);
    if (found === undefined) throw new Error(`no ${kind} is called ${String(wanted)}`);
    return { id: found.id };
  }

  #add(kind: KindName, given: JsonObject): Entity {
    const selected = this.#content._info?.select_tags ?? [];
    const tags = [...new Set([...((given['tags'] ?? []) as string[]), ...selected])];
    const filled = this.#defaults.fill(kind, tags.length > 0 ? { ...given, tags } : given);
    const id = (given['id'] as string | undefined) ?? this.#current.find(kind, filled)?.id;
    const entity: Entity = { ...filled, id: id ?? randomUUID() };
    this.#target.add(kind, entity);
    return entity;
  }
}

/** Takes lists out of an entity. */
function parted<T extends string>(
  given: JsonObject,
  names: readonly T[],
): { rest: JsonObject; children: [T, JsonObject[]][] } {
  const rest = { ...given };
  const children = names.map((name): [T, JsonObject[]] => {
    const list = (rest[name] ?? []) as JsonObject[];
    delete rest[name];
    return [name, list];
  });
  return { rest, children };
}

/** `url` is short for four fields. */
function withoutUrl({ url, ...service }: JsonObject): JsonObject {
  if (typeof url !== 'string') return service;
  const { protocol, hostname, port, pathname } = new URL(url);
  const scheme = protocol.slice(0, -1);
  return {
    ...service,
    protocol: scheme,
    host: hostname,
    port: port === '' ? (scheme === 'https' ? 443 : 80) : Number(port),
    ...(pathname === '/' && !url.endsWith('/') ? {} : { path: pathname }),
  };
}
