/** Bytes that an upstream may send on one stream before they are taken: so much is kept for it. */
export const STREAM_WINDOW = 256 * 1024;
/**
 * Bytes that an upstream may send on a connection. They are given back as they arrive, since a client
 * that does not keep up must not hold up the others.
 */
export const CONNECTION_WINDOW = 4 * 1024 * 1024;
