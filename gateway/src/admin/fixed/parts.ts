import type { AdministeredNode } from '../../control/administered-node.ts';
import type { LiveConfiguration } from '../../control/configuration.ts';
import type { Endpoint } from '../endpoint.ts';

/** What the endpoints that belong to no entity are made of. */
export interface FixedParts {
  readonly live: LiveConfiguration;
  readonly node: AdministeredNode;
  /** Every endpoint there is, these included. */
  readonly all: () => readonly Endpoint[];
}
