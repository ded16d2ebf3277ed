/** An endpoint of an application, as it is listed: the method is empty where all methods are one endpoint. */
export interface EndpointOfApplication {
  readonly clientId: string;
  readonly method: string;
  readonly endpoint: string;
}

/** What is fast enough at one endpoint. */
export interface EndpointThreshold extends EndpointOfApplication {
  /** Of Apdex, milliseconds. */
  readonly thresholdMillis: number;
}

/** A text that no other endpoint has. */
export function textOfEndpoint({ clientId, method, endpoint }: EndpointOfApplication): string {
  return JSON.stringify([clientId, method, endpoint]);
}

/** Thresholds by {@link textOfEndpoint}. */
export function thresholdsByEndpoint(thresholds: readonly EndpointThreshold[]): ReadonlyMap<string, number> {
  return new Map(thresholds.map((each) => [textOfEndpoint(each), each.thresholdMillis]));
}
