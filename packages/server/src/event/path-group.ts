/** The name under which requests are listed for which their framework named no route. One for each application. */
export const NO_ROUTE = '(no route)';

/** The same for those whose template is one more than an application may have. */
export const OTHER_PATHS = '(other)';

/** What a template begins with that was inferred from paths: no path and no route does. */
const INFERRED = '~';

/** The name of a template that was inferred. */
export function inferredName(template: string): string {
  return INFERRED + template;
}

/** Whether a name is a template that was inferred from paths, and not what a framework said. */
export function isInferred(name: string): boolean {
  return name.startsWith(`${INFERRED}/`);
}

/** Whether requests of all methods and of many paths are listed under a name. */
export function isBucket(name: string): boolean {
  return name === NO_ROUTE || name === OTHER_PATHS;
}
