// Its own exporter speaks TLS only, so what it gets is recorded beside it.
import { useAzureMonitor } from '@azure/monitor-opentelemetry';
import { recorder } from './recorder.mjs';

const recorded = recorder();
useAzureMonitor({
  enableLiveMetrics: false,
  enableStandardMetrics: false,
  spanProcessors: [recorded],
});
globalThis.finishOther = () => recorded.print();
