import { afterTest } from '@cerberus-otel/test-support/disposal';
import { CerberusSpanProcessor } from '../../dist/esm/index.js';
import { standAlone } from '../../dist/esm/stand-alone/stand-alone.js';
import { RecordingExporter } from './recording-exporter.js';

/** What Cerberus alone, in the place of an SDK, hands over. */
export function alone(): RecordingExporter {
  const exporter = new RecordingExporter();
  const processor = new CerberusSpanProcessor({ exporter, secretKey: 'k'.repeat(32) }, { env: {} });
  const leave = standAlone(processor);
  afterTest(async () => {
    leave();
    await processor.shutdown();
  });
  return exporter;
}
