import { saysYes, type Environment } from '@cerberus-otel/exporter-ws/environment';
import { installCommand } from '../sdk/install-command.ts';
import { API } from '../sdk/instrumentations.ts';
import { ownLocation } from '../sdk/own-location.ts';
import { finder } from '../sdk/sdk-loader.ts';
import { warn } from './warning.ts';

/**
 * A step of set-up, when the process starts or when a server has its first client: what goes wrong there is one warning, and nothing to
 * the application.
 *
 * @throws CerberusConfigError with `CERBERUS_STRICT` only
 */
export function guarded(env: Environment, work: () => void): void {
  try {
    work();
  } catch (error) {
    // With `CERBERUS_STRICT`: it ends the process before the application starts.
    if (error instanceof Error && error.name === 'CerberusConfigError' && saysYes(env['CERBERUS_STRICT']))
      throw error;
    if (lacksApi()) {
      warn('CERBERUS_PACKAGE_MISSING', `nothing is counted: ${API} not found. Run: ${installCommand([API])}`);
      return;
    }
    // The message of a foreign error may hold anything, so only its kind is shown.
    const kind = error instanceof Error ? error.name : typeof error;
    warn('CERBERUS_SETUP_FAILED', `Cerberus and OpenTelemetry are off: set-up failed (${kind})`);
  }
}

/** A peer dependency, which some package managers leave to the application. */
function lacksApi(): boolean {
  const own = ownLocation();
  return own !== undefined && finder([own])(API) === undefined;
}
