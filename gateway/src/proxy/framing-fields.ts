/** Fields that frame a message or belong to one connection: never a plugin's to set. */
const FRAMING: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** @throws TypeError when the field frames the message */
export function refuseFramingField(name: string): void {
  const lower = name.toLowerCase();
  if (FRAMING.has(lower)) {
    throw new TypeError(`'${lower}' frames the message and is set by the gateway alone`);
  }
}

/** @throws TypeError when one of the fields frames the message */
export function refuseFraming(headers: Readonly<Record<string, string>>): void {
  for (const name in headers) refuseFramingField(name);
}
