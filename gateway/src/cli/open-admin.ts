import { adminEndpoints } from '../admin/endpoints.ts';
import { AdminServer } from '../admin/server.ts';
import type { OpenAdmin } from '../control/node-parts.ts';

/** Opens the Admin API of a node, which does not know what stands above it. */
export const openAdmin: OpenAdmin = (listen, { live, node, ...parts }) =>
  AdminServer.open(listen, {
    live,
    endpoints: adminEndpoints({ live, node }),
    ...parts,
  });
