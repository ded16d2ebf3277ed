import { shutdownAzureMonitor, useAzureMonitor } from '@azure/monitor-opentelemetry';

useAzureMonitor({ enableLiveMetrics: false, enableStandardMetrics: false });
globalThis.finishOther = () => shutdownAzureMonitor();
