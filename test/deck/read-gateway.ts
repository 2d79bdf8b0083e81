import type { DeckApi } from './api.ts';
import { kinds, type Entity } from './kinds.ts';
import { State } from './state.ts';

/** Lists of editions that Sluice is not: decK asks, and takes 404 for none. */
const otherLists = ['/filter-chains', '/partials', '/consumer_groups', '/mtls-auths'];

/**
 * Reads what a gateway has, all lists at once.
 *
 * @param tags only what carries all of these
 */
export async function readGateway(api: DeckApi, tags: readonly string[] = []): Promise<State> {
  const state = new State();
  const query = tags.length === 0 ? '' : `&tags=${tags.join(',')}`;
  const lists = kinds.flatMap(({ name, collection, mandatory }) =>
    collection === null ? [] : [{ name, path: collection, mandatory }],
  );
  await Promise.all([
    ...otherLists.map((path) => api.list(path, query, [400, 403, 404])),
    ...lists.map(async ({ name, path, mandatory }) => {
      for (const entity of await api.list(path, query, mandatory ? [] : [404])) {
        state.add(name, entity as Entity);
      }
    }),
  ]);
  await Promise.all(
    state.all('upstreams').map(async ({ id }) => {
      for (const target of await api.list(`/upstreams/${id}/targets`, query, [])) {
        state.add('targets', target as Entity);
      }
    }),
  );
  return state;
}
