import { AddressSet, isAddressBlock } from '../../plugin/address-set.ts';
import { ipOrCidr } from '../../plugin/checks.ts';
import { finalStatus } from '../../plugin/final-status.ts';
import { definePlugin, f } from '../../plugin/plugin.ts';

/** The peer at the other end of a unix socket has no address. */
const UNIX_PEER = 'unix:';
const NO_ADDRESS = 'Cannot identify the client IP address, unix domain sockets are not supported.';

const block = f.string({
  check: (value) =>
    ipOrCidr(value) ?? (isAddressBlock(value) ? undefined : `invalid ip or cidr range: '${value}'`),
});

/** Lets clients pass, or keeps them out, by their addresses. */
export const ipRestriction = definePlugin({
  name: 'ip-restriction',
  summary: 'Allows or denies clients by their addresses, for requests and for streams.',
  version: '1.0.0',
  priority: 990,
  protocols: ['http', 'https', 'tcp', 'tls', 'grpc', 'grpcs'],
  anyProtocol: true,
  handlesStreams: true,
  config: f.record(
    {
      allow: f.array(block, {
        description:
          'Addresses and blocks, such as `10.0.0.0/8` or `2001:db8::/32`, whose clients may pass; nobody else may then.',
      }),
      deny: f.array(block, {
        description:
          'Addresses and blocks whose clients may not pass, even if `allow` has them too.',
      }),
      status: f.number({ description: 'Status of a refusal, 403 without it.' }),
      message: f.string({
        description: 'What a client is told, `IP address not allowed: …` without it.',
      }),
    },
    { required: true },
  ),
  checks: [{ at_least_one_of: ['config.allow', 'config.deny'] }],

  setup(config, env) {
    const allowed = setOf(config.allow);
    const denied = setOf(config.deny);
    const status = finalStatus(config.status, 403, env.log);
    const { message } = config;

    function mayPass(address: string): boolean {
      if (denied?.has(address)) return false;
      return allowed === null || allowed.has(address);
    }

    return {
      access: function checkAddress(ex) {
        const { clientIp } = ex;
        if (clientIp === UNIX_PEER) ex.error(403, NO_ADDRESS);
        else if (!mayPass(clientIp)) {
          ex.error(status, message ?? `IP address not allowed: ${clientIp}`);
        }
      },
      connect: function checkAddressOfStream(stream) {
        const { clientIp } = stream;
        if (clientIp === UNIX_PEER || !mayPass(clientIp)) stream.refuse();
      },
    };
  },
});

function setOf(blocks: readonly string[] | null): AddressSet | null {
  return blocks === null || blocks.length === 0 ? null : new AddressSet(blocks);
}
