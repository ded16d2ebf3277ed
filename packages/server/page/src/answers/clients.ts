/** `GET /api/clients`. */
export interface Clients {
  readonly clients: readonly {
    readonly source_ip: string;
    readonly requests: number;
    readonly errors: number;
    readonly last_seen: string;
  }[];
  readonly more: boolean;
}
