/**
 * The path of a request target without query and fragment: of the origin form (`/a?b`), the absolute form
 * (`http://host/a?b`) or `*`.
 *
 * @returns undefined for what is none of them, such as the `[object Object]` of old instrumentations
 */
export function requestPath(target: string): string | undefined {
  if (target.startsWith('/') || target === '*') return withoutQuery(target);
  const scheme = /^https?:\/\/[^/?#]*/i.exec(target);
  if (scheme === null) return undefined;
  const rest = withoutQuery(target.slice(scheme[0].length));
  return rest === '' ? '/' : rest;
}

/** From the first value of a query on. */
const QUERY_WITH_VALUE = /\?[\w.~%+&;[\]-]+=[^]*$/;

/** A target without scheme and authority, which may hold a password. */
export function withoutAuthority(target: string): string {
  return target.startsWith('/') ? target : target.replace(/^[a-z][\w+.-]*:\/\/[^/?#]*/i, '');
}

/**
 * A route template without what belongs to a request and not to a route: some programs set `http.route` to a URL. A `?` alone is of
 * templates, such as `/users/:id?`.
 */
export function routeTemplate(route: string): string {
  const template = withoutAuthority(route);
  return template.includes('?') ? template.replace(QUERY_WITH_VALUE, '') : template;
}

function withoutQuery(target: string): string {
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  const fragment = path.indexOf('#');
  return fragment === -1 ? path : path.slice(0, fragment);
}
