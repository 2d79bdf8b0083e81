import { isFramingField } from '../plugin/framing-names.ts';

/** @throws TypeError when the field frames the message */
export function refuseFramingField(name: string): void {
  const lower = name.toLowerCase();
  if (isFramingField(lower)) {
    throw new TypeError(`'${lower}' frames the message and is set by the gateway alone`);
  }
}

/** @throws TypeError when one of the fields frames the message */
export function refuseFraming(headers: Readonly<Record<string, string>>): void {
  for (const name in headers) refuseFramingField(name);
}
