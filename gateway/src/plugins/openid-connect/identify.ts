import { setAuthenticatedGroups, type Refusal } from '../../plugin/authentication.ts';
import { consumerBy } from '../../plugin/consumer-by.ts';
import { fieldValue } from '../../plugin/header-line.ts';
import type { Directory, Exchange } from '../../plugin/plugin.ts';
import type { Identity } from './identity.ts';
import type { Refusals } from './refusals.ts';
import type { OpenidConfig } from './schema/schema.ts';

/** Tells the gateway and the service who somebody is. */
export class Identification {
  readonly #config: OpenidConfig;
  readonly #directory: Directory;
  readonly #refusals: Refusals;
  readonly #names: readonly string[];
  readonly #fields: readonly string[];

  constructor(config: OpenidConfig, directory: Directory, refusals: Refusals) {
    this.#config = config;
    this.#directory = directory;
    this.#refusals = refusals;
    this.#names = config.upstream_headers_names ?? [];
    this.#fields = this.#names.map((name) => name.toLowerCase());
  }

  /** Removes what only this plugin may tell the service. */
  clear(ex: Exchange): void {
    for (const name of this.#fields) ex.request.removeHeader(name);
  }

  /** @returns why not, where there is no consumer and one is needed */
  identify(ex: Exchange, identity: Identity): Refusal | null {
    const { consumer_claim: claim, consumer_by: by, consumer_optional: optional } = this.#config;
    const { name, groups, told } = identity;
    const consumer = name === null ? undefined : consumerBy(this.#directory, by, name);
    if (consumer === undefined && claim !== null && !optional) {
      return this.#refusals.forbidden('there is no consumer of that name');
    }
    const id = `${this.#config.issuer} ${identity.credential ?? identity.subject}`;
    const identifier = identity.credential === null ? undefined : fieldValue(identity.credential);
    ex.authenticate(consumer ?? null, { id, consumerId: consumer?.id ?? '' }, identifier);
    if (groups !== null) setAuthenticatedGroups(ex, groups);
    told.forEach((value, i) => {
      const field = this.#names[i];
      if (value !== null && field !== undefined) ex.request.setHeader(field, fieldValue(value));
    });
    return null;
  }
}
