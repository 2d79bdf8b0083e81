import type {
  Directory,
  PluginHandlers,
  PluginInstanceInfo,
  RouteInfo,
  ServiceInfo,
} from '../../plugin/plugin.ts';
import type { RouteSeries } from '../../telemetry/request-metrics.ts';
import type { Answer } from '../answers.ts';
import type { Router } from '../router/router.ts';
import type { Balancer } from '../upstream/balancing/balancer.ts';
import type { Transport } from '../upstream/transport.ts';
import type { PlanStreams } from './plan-streams.ts';
import type { CertificateDirectory } from './certificates.ts';
import type { ClientTrusts } from './client-trusts.ts';

/** A configured plugin with the handlers that its `setup` made. Shared by all chains it is part of. */
export interface PluginInstance {
  readonly info: PluginInstanceInfo;
  readonly priority: number;
  readonly handlers: PluginHandlers;
  /** What it takes part in. */
  readonly takes: InstanceTakes;
}

export interface InstanceTakes {
  readonly requests: boolean;
  readonly streams: boolean;
}

/** Instances for single consumers, most specific scope already chosen. */
export interface ConsumerLookup {
  get(consumerId: string): PluginInstance | undefined;
}

/** One plugin name in a chain: which configured instance runs may depend on the consumer. */
export interface ChainSlot {
  /** Runs when no instance of `byConsumer` fits. */
  readonly fixed: PluginInstance | null;
  /** Null when no instance is bound to a consumer. */
  readonly byConsumer: ConsumerLookup | null;
}

/** Plugins of a route in the order in which they run: priority descending, then name descending. */
export interface Chain {
  readonly slots: readonly ChainSlot[];
  /** The instances themselves when no slot depends on the consumer, else null. */
  readonly instances: readonly PluginInstance[] | null;
  /** Whether any instance that could run has such a handler: phases that nobody wants cost nothing. */
  readonly hasAccess: boolean;
  readonly hasResponseHeaders: boolean;
  readonly hasResponseBody: boolean;
  readonly hasLog: boolean;
}

export interface ServicePlan extends ServiceInfo {
  readonly protocol: string;
  readonly port: number;
  /** Path prefix of the service, or null. */
  readonly path: string | null;
  /** Attempts after the first. */
  readonly retries: number;
  /** ms */
  readonly connectTimeout: number;
  readonly writeTimeout: number;
  readonly readTimeout: number;
  readonly balancer: Balancer;
  /** How its upstreams are spoken to; null for plain HTTP/1.1. */
  readonly transport: Transport | null;
}

export interface RoutePlan extends RouteInfo {
  readonly service: ServicePlan | null;
  /** What requests are answered that no plugin has answered; null when the service is asked. */
  readonly refusal: Answer | null;
  readonly chain: Chain;
  readonly stripPath: boolean;
  readonly preserveHost: boolean;
  readonly pathHandling: 'v0' | 'v1';
  readonly acceptsHttp: boolean;
  readonly acceptsHttps: boolean;
  readonly grpc: boolean;
  readonly httpsRedirectStatusCode: number;
  readonly requestBuffering: boolean;
  readonly responseBuffering: boolean;
  /** Cells of this route's metrics in this thread; made by its first request. */
  series: RouteSeries | null;
}

/** Everything a thread needs to serve one revision. Immutable but for caches. */
export interface Plan {
  readonly revision: number;
  readonly hash: string;
  readonly router: Router<RoutePlan>;
  hasRoute(id: string): boolean;
  readonly streams: PlanStreams;
  /** Global instances: their rewrite handlers, and all phases of requests without a route. */
  readonly globalChain: Chain;
  /** Global instances that have a rewrite handler. */
  readonly rewriters: readonly PluginInstance[];
  readonly directory: Directory;
  readonly certificates: CertificateDirectory;
  readonly clientTrusts: ClientTrusts;
  /** Some instance wants requests counted by consumer. */
  readonly countsByConsumer: boolean;
}
