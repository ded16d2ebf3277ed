import type { Launch } from '../examples/example-process.js';
import type { Aspect, Finding, SentProbe } from '../probes/findings.js';
import type { Options, Probe } from '../probes/probe.js';
import type { Target } from '../probes/send-probe.js';
import type { Modules } from '../examples/stage.js';

/**
 * What tells of requests: HttpInstrumentation with the framework's own (`standard`), HttpServerInstrumentation alone (`light`), or
 * Cerberus without an SDK (`alone`).
 */
export type Capture = 'standard' | 'light' | 'alone';

/** The captures without an instrumentation of the framework. */
export const LIGHT_CAPTURES: readonly Capture[] = ['light', 'alone'];

/** What a run is made of, beside the framework. */
export interface Setting extends Options {
  readonly capture: Capture;
  /** The framework is patched for its routes. */
  readonly patched: boolean;
  readonly line: string;
  /** Major version. */
  readonly node: string;
  readonly modules: Modules;
}

/** Something that does not arrive, known and explained. */
export interface Gap {
  readonly aspect: Aspect;
  /** The probes concerned; all when left out. */
  readonly probes?: readonly string[];
  /** The module system in which it is so; both when left out. */
  readonly modules?: Modules;
  /** The captures with which it is so; all when left out. */
  readonly captures?: readonly Capture[];
  /** Not so where the framework is patched for its routes. */
  readonly unlessPatched?: true;
  /** Where it is so; everywhere when left out. */
  readonly when?: (setting: Setting) => boolean;
  /** Why, and what to do; a sentence or two of Markdown. */
  readonly why: string;
}

/** A framework and how its requests are to be seen. */
export interface Framework {
  /** As the table names it. */
  readonly name: string;
  /** The folder of its example. */
  readonly example: string;
  /** The package whose version the table shows; none for what is Node's own. */
  readonly package?: string;
  /** Versions other than those of the example. */
  readonly versions?: Readonly<Record<string, string>>;
  readonly secure?: boolean;
  /** As `patchRoutes` names it, where the light capture can patch it. */
  readonly patch?: 'koa' | 'hapi';
  /** It has no routes to name. */
  readonly routeless?: boolean;
  /** Major version; any when left out. */
  readonly oldestNode?: number;
  /** The one module system in which it runs. */
  readonly modules?: Modules;
  /** What happens before the start, in the folder of the application. */
  readonly prepare?: (launch: Launch) => Promise<void>;
  /** How it is started, where it is not `app.mjs`. */
  readonly entry?: readonly string[];
  readonly probes: (options: Options) => Probe[];
  /** How probes are sent that are not plain HTTP; `folder` is that of the application. */
  readonly send?: (probes: readonly Probe[], target: Target, folder: string) => Promise<SentProbe[]>;
  readonly gaps: readonly Gap[];
}

/** What was found and what is known, taken apart. */
export interface Verdict {
  /** Findings that no gap explains: faults. */
  readonly unexplained: readonly Finding[];
  /** Gaps that explain a finding of the run. */
  readonly confirmed: readonly Gap[];
  /** Gaps that should have shown in this run and did not: the explanation is out of date. */
  readonly stale: readonly Gap[];
}

/** Sets what was found in a run against the gaps that are known. */
export function judge(framework: Framework, setting: Setting, found: readonly Finding[]): Verdict {
  const due = framework.gaps.filter((gap) => isDue(gap, setting));
  const explains = (gap: Gap, { aspect, probe }: Finding): boolean =>
    gap.aspect === aspect && (gap.probes === undefined || gap.probes.includes(probe));
  const confirmed = due.filter((gap) => found.some((finding) => explains(gap, finding)));
  return {
    unexplained: found.filter((finding) => !due.some((gap) => explains(gap, finding))),
    confirmed,
    stale: due.filter((gap) => !confirmed.includes(gap)),
  };
}

function isDue({ modules, captures, unlessPatched, when }: Gap, setting: Setting): boolean {
  return (
    (modules === undefined || modules === setting.modules) &&
    (captures === undefined || captures.includes(setting.capture)) &&
    !(unlessPatched === true && setting.patched) &&
    (when === undefined || when(setting))
  );
}
