import type { Reporter } from '@cerberus-otel/exporter-ws/internal';
import { installCommand } from '../sdk/install-command.ts';
import { isInstalled } from '../sdk/installed.ts';
import { HTTP, SDK } from '../sdk/instrumentations.ts';
import { loadedFiles } from '../sdk/loaded-files.ts';
import { placesToLook } from '../sdk/sdk-loader.ts';

const GRPC = '@opentelemetry/instrumentation-grpc';

/** @returns what says once that calls of gRPC are not counted, where nothing is loaded that makes spans of them */
export function unseenCalls(reporter: Reporter): () => void {
  let isSettled = false;
  return () => {
    if (isSettled) return;
    isSettled = true;
    if (!isGrpcInstrumented()) reporter.condition('CERBERUS_RUNTIME', advice());
  };
}

function isGrpcInstrumented(): boolean {
  return loadedFiles().some((file) => file.includes(`/${GRPC}/`));
}

function advice(): string {
  const places = placesToLook();
  const missing = [SDK, HTTP, GRPC].filter((name) => !isInstalled(name, places));
  const start = missing.length === 0 ? 'Start' : `Run: ${installCommand(missing, places)}, and start`;
  return `calls of gRPC are not counted: only ${GRPC} tells of them, with an SDK. ${start} with \`register\` and CERBERUS_CAPTURE=otel (docs/capture.md)`;
}
