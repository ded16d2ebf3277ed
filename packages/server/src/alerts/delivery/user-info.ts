/** User and password of a URL. */
export interface UserInfo {
  readonly user: string;
  readonly password: string;
}

/** What a URL says of who asks; `undefined` for nobody. A `%` that begins no escape is meant as it is. */
export function userInfoOf({ username, password }: URL): UserInfo | undefined {
  if (username === '' && password === '') return undefined;
  return { user: decoded(username), password: decoded(password) };
}

/** A piece of a URL without its escapes; as it is, where it has some that are none. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
