import { diag } from '@opentelemetry/api';
import type { Environment } from '@cerberus-otel/exporter-ws/internal';
import { otelNumber, otelText } from '../sdk/otel-environment.ts';
import type { Sdk } from '../sdk/sdk-loader.ts';
import type { SamplerLike } from '../sdk/sdk-types.ts';

/**
 * The sampler that NodeSDK would have made from `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`, or its
 * default. NodeSDK reads neither once it is given a sampler.
 */
export function samplerFromEnvironment(sdk: Sdk, env: Environment): SamplerLike {
  const name = otelText(env, 'OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on';
  switch (name) {
    case 'always_on':
      return sdk.alwaysOn();
    case 'always_off':
      return sdk.alwaysOff();
    case 'traceidratio':
      return sdk.traceIdRatio(ratioFrom(env));
    case 'parentbased_always_off':
      return sdk.parentBased(sdk.alwaysOff());
    case 'parentbased_traceidratio':
      return sdk.parentBased(sdk.traceIdRatio(ratioFrom(env)));
    default:
      if (name !== 'parentbased_always_on') diag.error('unknown OTEL_TRACES_SAMPLER value, using default');
      return sdk.parentBased(sdk.alwaysOn());
  }
}

function ratioFrom(env: Environment): number {
  const ratio = otelNumber(env, 'OTEL_TRACES_SAMPLER_ARG');
  if (ratio !== undefined && ratio >= 0 && ratio <= 1) return ratio;
  diag.error('OTEL_TRACES_SAMPLER_ARG is not a number from 0 to 1, using 1');
  return 1;
}
