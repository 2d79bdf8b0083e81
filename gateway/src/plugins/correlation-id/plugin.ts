import { FieldLines } from '../../plugin/field-lines.ts';
import { FieldNames, unfitFieldName } from '../../plugin/field-names.ts';
import { definePlugin, f } from '../../plugin/plugin.ts';
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
    const lineOf = (id: string): FieldLines => new FieldLines(names, `${name}: ${id}\r\n`);
    const generate = createGenerator(config.generator, () => env.now());
    const kept = Symbol('correlation id');
    const echo = config.echo_downstream;

    return {
      access: function correlate(ex) {
        const { request } = ex;
        const own = request.header(lowerName);
        const isMissing = own === undefined || own === '';
        const line = lineOf(isMissing ? generate(ex) : own);
        if (isMissing) request.setLines(names, line);
        if (echo) ex.setState(kept, line);
      },
      ...(echo && {
        responseHeaders: function echoId(ex) {
          // Without a route there was no access phase: the answer gets an id all the same.
          const line = ex.state(kept) as FieldLines | undefined;
          ex.response.setLines(names, line ?? lineOf(ex.request.header(lowerName) || generate(ex)));
        },
      }),
    };
  },
});
