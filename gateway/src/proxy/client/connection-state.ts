/** Waiting for a request, or for the rest of a head. */
export const HEAD = 0;
/** A request's body is arriving. */
export const BODY = 1;
/** The request is complete, its response is not. */
export const WAIT = 2;
export const TUNNEL = 3;
/** The last response was sent; what still arrives is thrown away until the client closes. */
export const LINGER = 4;
export const CLOSED = 5;

export type ConnectionState = 0 | 1 | 2 | 3 | 4 | 5;
