import { FieldLines } from '../../plugin/field-lines.ts';
import { FieldNames, unfitFieldName } from '../../plugin/field-names.ts';
import { definePlugin, f } from '../../plugin/plugin.ts';
import type { Exchange } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';
import { createGenerator } from './generators.ts';

const DEFAULT_HEADER = 'Kong-Request-ID';

/** Gives every request an id by which its traces in several systems can be told together. */
export const correlationId = definePlugin({
  name: 'correlation-id',
  summary: 'Sends an id with every request to the service, the one of the client if it has one.',
  version: '1.0.0',
  priority: 100001,
  protocols: HTTP_PROTOCOLS,
  config: f.record(
    {
      header_name: f.string({
        default: DEFAULT_HEADER,
        check: unfitFieldName,
        description: 'Header that carries the id.',
      }),
      generator: f.string({
        required: true,
        default: 'uuid#counter',
        one_of: ['uuid', 'uuid#counter', 'tracker'],
        description:
          'How an id is made: `uuid` is a new UUID for each, `uuid#counter` one UUID with a running number, `tracker` is `address-port-pid-connection-requests-time` of the gateway.',
      }),
      echo_downstream: f.boolean({
        required: true,
        default: false,
        description: 'Whether the client gets the id too, in the same header of the response.',
      }),
    },
    { required: true },
  ),

  setup(config, env) {
    const name = config.header_name ?? DEFAULT_HEADER;
    const lowerName = name.toLowerCase();
    const names = new FieldNames([name]);
    const beginning = `${name}: `;
    const generate = createGenerator(config.generator, () => env.now(), beginning);
    const kept = Symbol('correlation id');
    const echo = config.echo_downstream;

    /** The id of the client as a line; null where it has none. */
    function ownLine(ex: Exchange): FieldLines | null {
      const id = ex.request.header(lowerName);
      if (id === undefined || id === '') return null;
      return new FieldLines(names, `${beginning}${id}\r\n`);
    }

    return {
      access: function correlate(ex) {
        const { request } = ex;
        const own = ownLine(ex);
        const line = own ?? new FieldLines(names, generate(ex));
        if (own === null) request.setLines(names, line);
        if (echo) ex.setState(kept, line);
      },
      ...(echo && {
        responseHeaders: function echoId(ex) {
          // Without a route there was no access phase: the answer gets an id all the same.
          const line = ex.state(kept) as FieldLines | undefined;
          ex.response.setLines(names, line ?? ownLine(ex) ?? new FieldLines(names, generate(ex)));
        },
      }),
    };
  },
});
