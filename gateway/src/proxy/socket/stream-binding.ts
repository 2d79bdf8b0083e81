/** What Node's sockets are made of, as far as it is used here. */
export interface StreamBinding {
  /** Where in `streamBaseState` the length of a read stands, or the negated error number. */
  readonly kReadBytesOrError: number;
  readonly streamBaseState: Int32Array;
  /** A request to end one's own side. */
  readonly ShutdownWrap: new () => { oncomplete: () => void };
}

/** Null where Node does not have it, or not for us: none of this is a documented interface. */
export const streamBinding: StreamBinding | null = find();

function find(): StreamBinding | null {
  try {
    const { binding: bindingOf } = process as unknown as {
      binding?: (name: string) => Partial<StreamBinding>;
    };
    const { kReadBytesOrError, streamBaseState, ShutdownWrap } = bindingOf?.('stream_wrap') ?? {};
    if (kReadBytesOrError === undefined || streamBaseState === undefined) return null;
    return ShutdownWrap === undefined ? null : { kReadBytesOrError, streamBaseState, ShutdownWrap };
  } catch {
    return null;
  }
}
