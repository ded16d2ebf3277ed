// What `loadSdk` finds from the places given as arguments, where no NODE_PATH of a test runner helps.
import { loadSdk } from '../../dist/esm/sdk/sdk-loader.js';
import { report } from './report.js';

interface Made {
  readonly args?: readonly object[];
}

const exporter = { export: () => undefined, shutdown: () => Promise.resolve() };
const sdk = loadSdk(process.argv.slice(2));
let sampler: string | undefined;
try {
  sampler = sdk?.traceIdRatio(0.5).toString();
} catch (error) {
  sampler = (error as Error).message;
}
const batch = sdk?.batch(exporter, { maxQueueSize: 7, maxExportBatchSize: 7 });
report({
  found: sdk !== undefined,
  batchArguments: (batch as Made | undefined)?.args?.map((argument) => Object.keys(argument)),
  batchSize: (batch as { _maxQueueSize?: number } | undefined)?._maxQueueSize,
  sampler,
});
