/** What a parser made of one message. */
export interface Read {
  /** Method and target of a request; status and reason of a response. */
  readonly first: string;
  readonly second: string;
  readonly minor: number;
  /** Names in lower case and values, in order. */
  readonly fields: readonly (readonly [string, string])[];
  body: Buffer;
  /** The parser saw the end of the message. */
  complete: boolean;
  trailers: readonly (readonly [string, string])[];
}

/** What a parser made of a stream of bytes. */
export interface Reading {
  readonly messages: Read[];
  /**
   * How it ended: `open`, waiting for more bytes; `closed`, by what the last message says; or
   * `refused`, at what follows the last message or within it.
   */
  end: 'open' | 'closed' | 'refused';
  /** Why it was refused, if the parser says. */
  reason?: string;
}
