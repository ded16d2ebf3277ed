/** Where a trace can be looked at; `undefined` where the server has no template. */
export function traceLink(template: string | null | undefined, traceId: string): string | undefined {
  if (template === null || template === undefined) return undefined;
  return template.replaceAll('{trace_id}', encodeURIComponent(traceId));
}
