import { isFramingField } from '../plugin/framing-names.ts';

/** Names that were looked at before, as they were written: plugins set the same few over and over. */
const harmless = new Set<string>();
const MOST_HARMLESS = 1000;

/** @throws TypeError when the field frames the message */
export function refuseFramingField(name: string): void {
  if (harmless.has(name)) return;
  const lower = name.toLowerCase();
  if (isFramingField(lower)) {
    throw new TypeError(`'${lower}' frames the message and is set by the gateway alone`);
  }
  if (harmless.size < MOST_HARMLESS) harmless.add(name);
}

/** @throws TypeError when one of the fields frames the message */
export function refuseFraming(headers: Readonly<Record<string, string>>): void {
  for (const name in headers) refuseFramingField(name);
}
