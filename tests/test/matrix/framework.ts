import type { Aspect, Finding } from './findings.js';
import type { Modules } from './stage.js';
import type { Options, Probe } from './probe.js';

/** What a run is made of, beside the framework. */
export interface Setting extends Options {
  readonly line: string;
  readonly node: string;
  readonly modules: Modules;
}

/** Something that does not arrive, known and explained. */
interface Gap {
  readonly aspect: Aspect;
  /** The probes concerned; all when left out. */
  readonly probes?: readonly string[];
  /** Where it is so; everywhere when left out. */
  readonly when?: (setting: Setting) => boolean;
  /** Why, and what to do; a sentence or two of Markdown. */
  readonly why: string;
}

/** A framework and how its requests are to be seen. */
export interface Framework {
  /** The folder of its example. */
  readonly example: string;
  readonly secure?: boolean;
  readonly probes: (options: Options) => Probe[];
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
  const due = framework.gaps.filter(({ when }) => when === undefined || when(setting));
  const explains = (gap: Gap, { aspect, probe }: Finding): boolean =>
    gap.aspect === aspect && (gap.probes === undefined || gap.probes.includes(probe));
  const confirmed = due.filter((gap) => found.some((finding) => explains(gap, finding)));
  return {
    unexplained: found.filter((finding) => !due.some((gap) => explains(gap, finding))),
    confirmed,
    stale: due.filter((gap) => !confirmed.includes(gap)),
  };
}
