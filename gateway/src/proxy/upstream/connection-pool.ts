/** Idle upstream connections of one address in this thread. */
export interface ConnectionPool {
  readonly address: string;
  readonly port: number;
}
