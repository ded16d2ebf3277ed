/** `GET /api/values`. */
export interface Values {
  readonly values: readonly { readonly value: string; readonly requests: number }[];
  readonly more: boolean;
}
