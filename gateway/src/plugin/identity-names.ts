/** Fields that tell a service who is asking: for the gateway to say. Lower-case. */
export const IDENTITY_NAMES: readonly string[] = [
  'x-consumer-id',
  'x-consumer-custom-id',
  'x-consumer-username',
  'x-consumer-groups',
  'x-credential-identifier',
  'x-authenticated-groups',
  'x-anonymous-consumer',
];
