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

const NAMES: ReadonlySet<string> = new Set(IDENTITY_NAMES);
/** `X` and `x` without the bit that tells them apart. */
const X = 0x58;

/** Whether a field tells who is asking: in any case, and with `_` for `-` as well. */
export function tellsIdentity(name: string): boolean {
  // Most names differ in their first letter already.
  return (name.charCodeAt(0) & ~0x20) === X && NAMES.has(name.toLowerCase().replaceAll('_', '-'));
}
