import { createContextKey, type Context } from '@opentelemetry/api';

/** What instrumentations keep of the current call: HTTP's puts its span there, and those of routers the route. */
export interface RpcMetadata {
  readonly span?: object;
  readonly route?: string;
}

/** Context keys are `Symbol.for`: the same in every copy and version of `@opentelemetry/core`, without a dependency on it. */
export const RPC_METADATA: symbol = createContextKey('OpenTelemetry SDK Context Key RPC_METADATA');

/** What is known of the call that `context` belongs to. */
export function rpcMetadata(context: Context): RpcMetadata | undefined {
  return context.getValue(RPC_METADATA) as RpcMetadata | undefined;
}
