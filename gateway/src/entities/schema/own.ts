/**
 * Records whose names clients choose. Some names, such as `__proto__` and `constructor`, every object
 * has by itself: plainly read they give what all objects of the program share, which a plain write
 * would then change.
 */

/** What a record itself has under a name. */
export function getOwn(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

export function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else {
    object[key] = value;
  }
}
