/**
 * SQL for what stands for a client where many are counted: the first 64 bits of its hash, which is as good as random. Among
 * ten million clients two have the same with a probability of 3e-6.
 */
export const CLIENT_KEY = `('x' || encode(substr(source_ip, 1, 8), 'hex'))::bit(64)::bigint`;

/** Registers of a client sketch (HyperLogLog, Flajolet et al. 2007): the standard error is 1.04/√4096, 1.6 %. */
const REGISTERS = 4096;

/** Bits of a client's key that its rank is made of; those above choose the register. */
const RANK_BITS = 52n;

/** Bits of a place in a sketch that hold the rank; those above are the register. */
const PLACE_BITS = 6;

const RANKED = `(client & ${2n ** RANK_BITS - 1n})`;

/** Leading zeros of what is ranked, and one. */
const RANK = `CASE ${RANKED} WHEN 0 THEN ${RANK_BITS + 1n}
  ELSE ${RANK_BITS} - floor(ln(${RANKED}::float8) / ${Math.LN2}::float8)::int END`;

/** SQL for the place of a client in a sketch, from the column `client`, its key: its register, and its rank there. */
export const SKETCH_PLACE: string = `((client >> ${RANK_BITS}) & ${REGISTERS - 1})::int * ${2 ** PLACE_BITS} + ${RANK}`;

/** SQL for the register of a place. */
export function registerSql(place: string): string {
  return `${place} >> ${PLACE_BITS}`;
}

/**
 * SQL for the estimate of how many clients a sketch has seen, with linear counting where there are few.
 *
 * @param relation - column `place`, any number of rows for a register
 * @returns a relation with one row and the column `clients`
 */
export function sketchedClientsSql(relation: string): string {
  const m = REGISTERS;
  const raw = `(${(0.7213 / (1 + 1.079 / m)) * m * m}::float8 / (coalesce(sum(power(2.0::float8, -rank)), 0) + ${m} - count(*)))`;
  return `(
    SELECT round(CASE WHEN ${raw} <= ${2.5 * m} AND count(*) < ${m}
                      THEN ${m} * ln(${m}::float8 / (${m} - count(*))) ELSE ${raw} END)::bigint AS clients
    FROM (
      SELECT max(place) & ${2 ** PLACE_BITS - 1} AS rank
      FROM (SELECT DISTINCT place FROM ${relation} AS places) AS different GROUP BY ${registerSql('place')}) AS registers)`;
}
