import { setAuthenticatedGroups, type Refusal } from '../../plugin/authentication.ts';
import { consumerBy } from '../../plugin/consumer-by.ts';
import { FieldNames } from '../../plugin/field-names.ts';
import { isFramingField } from '../../plugin/framing-names.ts';
import { fieldValue } from '../../plugin/header-line.ts';
import { IdentifiedBefore } from '../../plugin/identified-before.ts';
import type { Present } from '../../plugin/known-identity.ts';
import type { ConsumerInfo, Directory, Exchange } from '../../plugin/plugin.ts';
import type { Identity } from './identity.ts';
import type { Refusals } from './refusals.ts';
import type { OpenidConfig } from './schema/schema.ts';

/** Tells the gateway and the service who somebody is. */
export class Identification {
  readonly #config: OpenidConfig;
  readonly #directory: Directory;
  readonly #refusals: Refusals;
  readonly #names: readonly string[];
  readonly #fields: FieldNames;
  readonly #before: IdentifiedBefore<Identity>;

  constructor(config: OpenidConfig, present: Present, refusals: Refusals) {
    this.#config = config;
    this.#directory = present.directory;
    this.#before = new IdentifiedBefore(present);
    this.#refusals = refusals;
    this.#names = config.upstream_headers_names ?? [];
    const token = config.upstream_access_token_header;
    const own = token === null ? [] : [token.split(':', 1)[0]!];
    const isOwn = (name: string): boolean => name !== 'authorization' && !isFramingField(name);
    this.#fields = new FieldNames(
      [...this.#names, ...own].map((name) => name.toLowerCase()).filter(isOwn),
    );
  }

  /** Removes what only this plugin may tell the service. */
  clear(ex: Exchange): void {
    if (this.#fields.lower.length > 0) ex.request.withholdHeaders(this.#fields);
  }

  /** Why somebody may not pass: there is no consumer, and one is needed. */
  refusalFor({ name }: Identity): Refusal | null {
    return this.#isMissing(this.#consumerOf(name)) ? this.#noConsumer() : null;
  }

  /** @returns why not, see `refusalFor` */
  identify(ex: Exchange, identity: Identity): Refusal | null {
    const { groups, told } = identity;
    if (!this.#before.authenticate(ex, identity)) {
      const refusal = this.#authenticate(ex, identity);
      if (refusal !== null) return refusal;
    }
    if (groups !== null) setAuthenticatedGroups(ex, groups);
    told.forEach((value, i) => {
      const field = this.#names[i];
      if (value !== null && field !== undefined) ex.request.setHeader(field, fieldValue(value));
    });
    return null;
  }

  #authenticate(ex: Exchange, identity: Identity): Refusal | null {
    const consumer = this.#consumerOf(identity.name);
    if (this.#isMissing(consumer)) return this.#noConsumer();
    const id = `${this.#config.issuer} ${identity.credential ?? identity.subject}`;
    const identifier = identity.credential === null ? undefined : fieldValue(identity.credential);
    ex.authenticate(consumer ?? null, { id, consumerId: consumer?.id ?? '' }, identifier);
    this.#before.note(ex, identity);
    return null;
  }

  #consumerOf(name: string | null): ConsumerInfo | undefined {
    return name === null ? undefined : consumerBy(this.#directory, this.#config.consumer_by, name);
  }

  #isMissing(consumer: ConsumerInfo | undefined): boolean {
    const { consumer_claim: claim, consumer_optional: optional } = this.#config;
    return consumer === undefined && claim !== null && !optional;
  }

  #noConsumer(): Refusal {
    return this.#refusals.forbidden('there is no consumer of that name');
  }
}
