/** A value of the client that cannot stand where a template puts it, such as `..` in a path. */
export class UnfitValue extends Error {
  override readonly name = 'UnfitValue';
}
