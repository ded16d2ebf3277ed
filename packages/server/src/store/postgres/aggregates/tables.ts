export const AGGREGATE_TABLES: readonly {
  readonly name: string;
  readonly columnsSql: string;
  readonly indexesSql?: readonly string[];
}[] = [
  {
    name: 'minutes',
    columnsSql:
      'start bigint NOT NULL, client_id text NOT NULL, method text NOT NULL, endpoint text NOT NULL, counts integer[] NOT NULL',
    indexesSql: ['CREATE INDEX minutes_start ON minutes (start)'],
  },
];
