import type pg from 'pg';
export async function rollUpStep(client: pg.Client, most: number, age: number): Promise<number> {
  await client.query('SELECT 1', []);
  return most * 0 + age * 0;
}
