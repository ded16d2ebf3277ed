import { createRequire } from 'node:module';
import type { Reporter } from '@cerberus-otel/exporter-ws/internal';
import { installCommand } from '../sdk/install-command.ts';
import { isInstalled } from '../sdk/installed.ts';
import { HTTP, SDK } from '../sdk/instrumentations.ts';
import { ownLocation } from '../sdk/own-location.ts';
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
  const own = ownLocation();
  const files = own === undefined ? [] : Object.keys(createRequire(own).cache);
  return files.some((file) => file.replaceAll('\\', '/').includes(`/${GRPC}/`));
}

function advice(): string {
  const places = placesToLook();
  const missing = [SDK, HTTP, GRPC].filter((name) => !isInstalled(name, places));
  const start = missing.length === 0 ? 'Start' : `Run: ${installCommand(missing, places)}, and start`;
  return `calls of gRPC are not counted: only ${GRPC} tells of them, with an SDK. ${start} with \`register\` and CERBERUS_CAPTURE=otel (docs/capture.md)`;
}
