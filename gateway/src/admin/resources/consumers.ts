import type { EntityConfiguration } from '../entities/context.ts';
import { shown } from '../entities/shown.ts';
import { AdminError, type AdminAnswer, type AdminRequest, type Endpoint } from '../endpoint.ts';
import { collectionEndpoint } from './collection.ts';

/** `/consumers`, which can also be asked for the consumer with a `custom_id`. */
export function consumersEndpoint(live: EntityConfiguration): Endpoint {
  const { path, methods } = collectionEndpoint(live, { table: 'consumers', parent: null });
  const { GET: listing } = methods;
  if (listing === undefined) throw new Error('consumers have no list');

  async function search(request: AdminRequest): Promise<AdminAnswer> {
    const customId = request.query.get('custom_id');
    if (customId === null) return listing?.handle(request) as Promise<AdminAnswer>;
    if (customId === '') {
      throw new AdminError(400, { message: 'custom_id must be an unempty string' });
    }
    const found = await live.store.read.find('consumers', { custom_id: customId });
    const data = found === undefined ? [] : [shown(live, 'consumers', found)];
    return { status: 200, body: { data, next: null } };
  }

  const query = { ...listing.describes?.query, custom_id: { type: 'string' } };
  const describes = { ...listing.describes, query };
  return { path, methods: { ...methods, GET: { ...listing, describes, handle: search } } };
}
