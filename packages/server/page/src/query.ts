/** Parameters of a request; what is undefined is left out. */
export type Params = Readonly<Record<string, string | number | undefined>>;

/** What is left to ask with a share link: what it is about, the server knows. */
export function withoutScope(params: Params): Params {
  const {
    client_id: _client,
    method: _method,
    endpoint: _endpoint,
    since: _since,
    until: _until,
    ...rest
  } = params;
  return rest;
}

/** A path of the API with parameters. */
export function apiUrl(path: string, params: Params): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined) query.set(name, String(value));
  }
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}
