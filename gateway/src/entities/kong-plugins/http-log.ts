import { headerName, url } from '../schema/checks.ts';
import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { customFieldsByLua } from './parts/lua.ts';
import { beforeQueues, queue } from './parts/queue.ts';

/** Headers that follow from the message itself. */
const taken = ['Host', 'Content-Length', 'Content-Type'];

function freeHeaderName(name: string): string | undefined {
  const header = taken.find((each) => each.toLowerCase() === name.toLowerCase());
  return header === undefined ? headerName(name) : `cannot contain '${header}' header`;
}

export const httpLog = knownPlugin({
  name: 'http-log',
  priority: 12,
  anyProtocol: true,
  config: f.record({
    http_endpoint: f.string({ required: true, referenceable: true, encrypted: true, check: url }),
    method: f.string({ default: 'POST', one_of: ['POST', 'PUT', 'PATCH'] }),
    content_type: f.string({
      default: 'application/json',
      one_of: ['application/json', 'application/json; charset=utf-8'],
    }),
    timeout: f.number({ default: 10_000 }),
    keepalive: f.number({ default: 60_000 }),
    ...beforeQueues('http-log'),
    headers: f.map(f.string({ check: freeHeaderName }), f.string({ referenceable: true })),
    queue,
    custom_fields_by_lua: customFieldsByLua,
  }),
});
