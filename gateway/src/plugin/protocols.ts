import type { Protocol } from './plugin.ts';

/** Protocols of plugins that work on requests and responses. */
export const HTTP_PROTOCOLS: readonly Protocol[] = ['grpc', 'grpcs', 'http', 'https'];
