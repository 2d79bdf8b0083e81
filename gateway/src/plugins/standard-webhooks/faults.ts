import type { RequestView } from '../../plugin/plugin.ts';

/** The fields that make a request a webhook: its id, its time and its signature. */
const FIELDS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

/** Why a webhook is refused, for whoever runs the gateway. Never tells secrets or signatures. */
export interface Fault {
  readonly reason: string;
  readonly help: string;
}

export const NO_TIME: Fault = {
  reason: 'webhook-timestamp is no whole number of seconds',
  help: 'It counts from 1970: the sender does not follow the specification.',
};

export const TOO_FAR: Fault = {
  reason: 'webhook-timestamp is further from now than tolerance_second',
  help: 'Compare the clocks of sender and gateway. A webhook that is sent again needs a new time.',
};

export const EMPTY: Fault = {
  reason: 'there is no body',
  help: 'Have the sender send one, or leave the plugin away for requests without.',
};

export const MISFIT: Fault = {
  reason: 'the signature does not fit',
  help: 'Compare secret_v1 with what the sender has. If it is base64, as most are, set secret_is_base64; if the sender sends several signatures, set accept_any_signature.',
};

/** The value of a field; null where there is none, or several, of which the service may take another. */
export function onlyValue(request: RequestView, name: string): string | null {
  const [value = '', ...others] = request.headerValues(name);
  return value === '' || others.length > 0 ? null : value;
}

/** What is wrong with the fields of a request that lacks one, or has one twice. */
export function faultOfFields(request: RequestView): Fault {
  const name = FIELDS.find((each) => onlyValue(request, each) === null);
  if (name !== undefined && request.headerValues(name).length > 1) {
    return { reason: `${name} is there more than once`, help: 'Have the sender send it once.' };
  }
  return {
    reason: `${name} is missing`,
    help: 'Whoever sent this does not sign as the Standard Webhooks specification says.',
  };
}
