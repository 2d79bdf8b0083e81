import type { AnyPlugin } from '../plugin/plugin.ts';
import { acl } from './acl/plugin.ts';
import { basicAuth } from './basic-auth/plugin.ts';
import { botDetection } from './bot-detection/plugin.ts';
import { correlationId } from './correlation-id/plugin.ts';
import { cors } from './cors/plugin.ts';
import { exitTransformer } from './exit-transformer/plugin.ts';
import { externalAuth } from './external-auth/plugin.ts';
import { hmacAuth } from './hmac-auth/plugin.ts';
import { ipRestriction } from './ip-restriction/plugin.ts';
import { jwt } from './jwt/plugin.ts';
import { keyAuth } from './key-auth/plugin.ts';
import { mtlsAuth } from './mtls-auth/plugin.ts';
import { oauth2Introspection } from './oauth2-introspection/plugin.ts';
import { openidConnect } from './openid-connect/plugin.ts';
import { prometheus } from './prometheus/plugin.ts';
import { rateLimiting } from './rate-limiting/plugin.ts';
import { redirect } from './redirect/plugin.ts';
import { requestSizeLimiting } from './request-size-limiting/plugin.ts';
import { requestTermination } from './request-termination/plugin.ts';
import { requestTransformer } from './request-transformer/plugin.ts';
import { requestValidator } from './request-validator/plugin.ts';
import { responseTransformer } from './response-transformer/plugin.ts';
import { session } from './session/plugin.ts';
import { standardWebhooks } from './standard-webhooks/plugin.ts';
import { upstreamSignature } from './upstream-signature/plugin.ts';

const plugins: readonly AnyPlugin[] = [
  acl,
  basicAuth,
  botDetection,
  correlationId,
  cors,
  exitTransformer,
  externalAuth,
  hmacAuth,
  ipRestriction,
  jwt,
  keyAuth,
  mtlsAuth,
  oauth2Introspection,
  openidConnect,
  prometheus,
  rateLimiting,
  redirect,
  requestSizeLimiting,
  requestTermination,
  requestTransformer,
  requestValidator,
  responseTransformer,
  session,
  standardWebhooks,
  upstreamSignature,
];

/** The plugins that come with the gateway, by name. */
export const bundledPlugins: ReadonlyMap<string, AnyPlugin> = new Map(
  plugins.map((plugin) => [plugin.name, plugin]),
);
