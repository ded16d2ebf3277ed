import { PIPELINES } from '../life-cycle/shapes.ts';
import type { Framework } from './names.ts';

/** Requests after a change that are not measured: what was begun under the last pipeline ends. */
export const UNMEASURED_REQUESTS = 40;

/**
 * Measured requests of a block, a sixth of a second. In it the garbage collector runs about three times: with shorter ones another
 * pipeline often pays for the spans that one has kept.
 */
export const MEASURED_REQUESTS: Readonly<Record<Framework, number>> = {
  'node:http': 2048,
  Express: 512,
  Fastify: 1024,
};

/** Requests of three blocks, one of each pipeline. */
export function groupRequests(framework: Framework): number {
  return PIPELINES.length * (UNMEASURED_REQUESTS + MEASURED_REQUESTS[framework]);
}
