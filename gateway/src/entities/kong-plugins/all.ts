import type { PluginSchema } from '../plugin.ts';
import { acme } from './acme.ts';
import { aiPromptDecorator } from './ai-prompt-decorator.ts';
import { aiPromptGuard } from './ai-prompt-guard.ts';
import { aiPromptTemplate } from './ai-prompt-template.ts';
import { aiProxy } from './ai-proxy.ts';
import { aiRequestTransformer } from './ai-request-transformer.ts';
import { aiResponseTransformer } from './ai-response-transformer.ts';
import { awsLambda } from './aws-lambda.ts';
import { azureFunctions } from './azure-functions.ts';
import { datadog } from './datadog.ts';
import { fileLog } from './file-log.ts';
import { preFunction, postFunction } from './functions.ts';
import { grpcGateway } from './grpc-gateway.ts';
import { grpcWeb } from './grpc-web.ts';
import { httpLog } from './http-log.ts';
import { ldapAuth } from './ldap-auth.ts';
import { loggly } from './loggly.ts';
import { oauth2 } from './oauth2.ts';
import { opentelemetry } from './opentelemetry.ts';
import { proxyCache } from './proxy-cache.ts';
import { responseRatelimiting } from './response-ratelimiting.ts';
import { statsd } from './statsd.ts';
import { syslog } from './syslog.ts';
import { tcpLog } from './tcp-log.ts';
import { udpLog } from './udp-log.ts';
import { zipkin } from './zipkin.ts';

/** The plugins of Kong's open-source edition that do not run here. */
export const kongPlugins: readonly PluginSchema[] = [
  acme,
  aiPromptDecorator,
  aiPromptGuard,
  aiPromptTemplate,
  aiProxy,
  aiRequestTransformer,
  aiResponseTransformer,
  awsLambda,
  azureFunctions,
  datadog,
  fileLog,
  preFunction,
  postFunction,
  grpcGateway,
  grpcWeb,
  httpLog,
  ldapAuth,
  loggly,
  oauth2,
  opentelemetry,
  proxyCache,
  responseRatelimiting,
  statsd,
  syslog,
  tcpLog,
  udpLog,
  zipkin,
];
