import type { ExporterConfig } from '../config/config.ts';
import { isLoopbackHost } from '../config/endpoint-url.ts';
import type { Reporter } from './reporter.ts';

/** Says what the user chose and should know to have chosen. */
export function sayWhatIsWeak(
  config: Pick<ExporterConfig, 'acks' | 'wsUrl'>,
  mode: 'batch' | 'event',
  reporter: Reporter,
): void {
  if (mode === 'event' && config.acks === 'none') {
    reporter.info("acks is 'none': an event counts as delivered when the socket took it (at most once)");
  }
  if (config.wsUrl.protocol === 'ws:' && !isLoopbackHost(config.wsUrl.hostname)) {
    reporter.condition(
      'CERBERUS_INSECURE_TRANSPORT',
      'Cerberus sends the token and the events unencrypted, because `allowInsecureTransport` is set.',
    );
  }
}

/** Says, before anything is sent, that there is no proxy although a variable names one. */
export function sayWhatIsUnusable({ proxy }: Pick<ExporterConfig, 'proxy'>, reporter: Reporter): void {
  if (proxy.unusable === undefined) return;
  reporter.condition(
    'CERBERUS_CONFIG_INVALID',
    `Cerberus connects without a proxy, because ${proxy.unusable} is not an http:// or https:// URL; \`proxy\` ` +
      "(CERBERUS_PROXY) takes one for Cerberus alone, or 'none'",
  );
}
