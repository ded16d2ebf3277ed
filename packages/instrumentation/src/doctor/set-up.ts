import { hearAnnouncements, type Announcement } from '@cerberus-otel/exporter-ws/internal';

/** Added to the exit code of a check-up that was made: a set-up file may end the process before, with any code. */
export const CHECKED = 100;

/** What a set-up file has made, as far as it was heard of. */
export interface SetUp {
  readonly exporter: object | undefined;
  readonly processor: object | undefined;
  readonly sampler: object | undefined;
  /** The options of HttpServerInstrumentation, where it is at work. */
  readonly httpServer: object | undefined;
  /** Requests are counted without an SDK: `startCerberus`, or `register` where it does so. */
  readonly withoutSdk: boolean;
  /** Names of the instrumentations that `withCerberus` was given; undefined where it was not called. */
  readonly instrumentations: readonly string[] | undefined;
}

/** Both copies of this package: the one that listens before the set-up file, and the one that checks after it. */
const HEARD = Symbol.for('@cerberus-otel/heard.v1');

type Heard = Partial<Record<Announcement['component'], unknown>>;

/** Listens from now on to what is made in this process. */
export function hearSetUp(): void {
  const heard: Heard = {};
  (globalThis as Record<symbol, unknown>)[HEARD] = heard;
  hearAnnouncements(({ component, given }) => (heard[component] = given));
}

/** What was made since `hearSetUp`; the last of each kind. */
export function heardSetUp(): SetUp {
  const heard = ((globalThis as Record<symbol, unknown>)[HEARD] ?? {}) as Heard;
  return {
    exporter: objectOf(heard.exporter),
    processor: objectOf(heard.processor),
    sampler: objectOf(heard.sampler),
    httpServer: objectOf(heard.httpServer),
    withoutSdk: heard.withoutSdk === true,
    instrumentations: 'configuration' in heard ? namesIn(heard.configuration) : undefined,
  };
}

function objectOf(value: unknown): object | undefined {
  return typeof value === 'object' && value !== null ? value : undefined;
}

/** NodeSDK takes lists within the list. */
function namesIn(configuration: unknown): string[] {
  const { instrumentations } = (configuration ?? {}) as { readonly instrumentations?: unknown };
  if (!Array.isArray(instrumentations)) return [];
  return (instrumentations as unknown[])
    .flat(2)
    .map((each) => (each as { readonly instrumentationName?: unknown } | null)?.instrumentationName)
    .filter((name) => typeof name === 'string');
}
