/** A compressed head that arrives in several frames. */
export class HeadBlock {
  readonly stream: number;
  /** Flags of the frame that it began with. */
  readonly flags: number;
  /** Frames so far behind the first. */
  continuations = 0;
  length: number;
  private readonly pieces: Buffer[];

  /** @param first piece; only valid during the call */
  constructor(stream: number, flags: number, first: Buffer) {
    this.stream = stream;
    this.flags = flags;
    this.length = first.length;
    this.pieces = [Buffer.from(first)];
  }

  /** @param piece only valid during the call */
  add(piece: Buffer): void {
    this.continuations++;
    this.length += piece.length;
    this.pieces.push(Buffer.from(piece));
  }

  whole(): Buffer {
    return Buffer.concat(this.pieces);
  }
}
