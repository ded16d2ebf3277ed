import type pg from 'pg';
export async function compactStep(client: pg.Client, now: number): Promise<boolean> {
  await client.query('SELECT 1', []);
  return now < 0;
}
