/** What a command may use of the process. */
export interface Io {
  /** Opened by the call: commands that do not read it leave it alone. */
  readonly stdin: () => AsyncIterable<Buffer | string>;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
}
