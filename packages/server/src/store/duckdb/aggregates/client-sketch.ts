/**
 * SQL for what stands for a client where many are counted, and what the column `client` of an event has: the first 64 bits of its hash,
 * which is as good as random. Among ten million clients two have the same with a probability of 3e-6.
 */
export const CLIENT_KEY = `('0x' || source_ip[1:16])::UBIGINT`;

/** Registers of a client sketch (HyperLogLog, Flajolet et al. 2007): the standard error is 1.04/√4096, 1.6 %. */
const REGISTERS = 4096;

/** Bits of a client's key that its rank is made of; those above choose the register. */
const RANK_BITS = 52;

/** SQL for the register of a client, from the column `client`, its key. */
export const SKETCH_REGISTER: string = `(client >> ${RANK_BITS})::SMALLINT`;

const RANKED = `(client & ${2 ** RANK_BITS - 1})`;

/** SQL for the rank of a client in its register, from the column `client`: leading zeros and one. */
export const SKETCH_RANK: string = `(CASE ${RANKED} WHEN 0 THEN ${RANK_BITS + 1}
  ELSE ${RANK_BITS} - floor(log2(${RANKED}))::TINYINT END)::TINYINT`;

/**
 * SQL for the estimate of how many clients a sketch has seen, with linear counting where there are few.
 *
 * @param relation - columns `register` and `rank`, any number of rows for a register
 * @returns a relation with one row and the column `clients`
 */
export function sketchedClientsSql(relation: string): string {
  const m = REGISTERS;
  const raw = `${(0.7213 / (1 + 1.079 / m)) * m * m} / (coalesce(sum(pow(2.0, -rank)), 0) + ${m} - count(*))`;
  return `(
    SELECT round(CASE WHEN ${raw} <= ${2.5 * m} AND count(*) < ${m}
                      THEN ${m} * ln(${m}::DOUBLE / (${m} - count(*))) ELSE ${raw} END)::BIGINT AS clients
    FROM (SELECT register, max(rank) AS rank FROM ${relation} GROUP BY register))`;
}
